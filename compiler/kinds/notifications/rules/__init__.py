"""What engineers know of telling people."""
