"""The embedded emulator: `server` starts it from the tool, `launcher` runs inside its own environment."""
