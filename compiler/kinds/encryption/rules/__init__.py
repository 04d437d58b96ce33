"""Rules about the platform's keys."""
