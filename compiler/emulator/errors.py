"""What goes wrong with the emulator itself."""


class EmulatorError(Exception):
    """The emulator cannot be started; the message says what to do."""
