"""One module a check; `compiler/preflight/check.py` is what they keep to."""
