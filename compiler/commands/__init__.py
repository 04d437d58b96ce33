"""One module a command: `arguments(parser)` says what it takes, `run(options)` returns the exit code."""
