"""What engineers know of Kinesis streams."""
