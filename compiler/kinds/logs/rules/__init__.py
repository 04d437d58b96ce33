"""Rules about the platform's logs."""
