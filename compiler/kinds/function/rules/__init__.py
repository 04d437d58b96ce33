"""What engineers know about Lambda functions."""
