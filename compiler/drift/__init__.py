"""Where the account differs from what was deployed: found, explained, and what to do about it."""
