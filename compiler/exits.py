"""Exit codes, and the errors that end a command with one."""

FINE = 0
INVALID = 1  # the spec or the templates have errors
USAGE = 2
FAILED = 3  # AWS or the deployment failed
REFUSED = 4  # refused for safety: approval missing, plan stale, protected
CHANGES = 5  # changes exist; only with --exit-code
INTERRUPTED = 130  # as a shell says of a program that Ctrl-C ended
TERMINATED = 143  # or that SIGTERM ended


class UserError(Exception):
    """Something the user can mend; the text says what and how, and is all that they see."""

    exit_code = USAGE


class InvalidError(UserError):
    """The spec or what it compiles to is not as it must be."""

    exit_code = INVALID
