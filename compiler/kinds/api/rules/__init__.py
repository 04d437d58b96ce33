"""What engineers know about HTTP APIs."""
