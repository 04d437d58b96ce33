"""What engineers know of networks."""
