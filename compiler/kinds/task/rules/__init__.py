"""What engineers know about tasks that end."""
