"""Rules about filesystems."""
