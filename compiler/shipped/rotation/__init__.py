"""Rotation of secrets: the function that Secrets Manager calls, four times for each new value."""
