"""Rules about the platform as a whole; those about one kind are in that kind's folder."""
