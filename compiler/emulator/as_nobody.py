"""Runs a program as the user `nobody`, for root: PostgreSQL refuses to run as root.

A script of its own, not a function that runs between fork and exec: the emulator has threads. The program
keeps one capability of root's, to pass folders that are closed to others (a project below /root, a test's
folder), so that no permissions need be changed. Where the system does not grant it, folders must be open.
"""

import ctypes
import os
import pwd
import sys

# Source: Linux, include/uapi/linux/capability.h, prctl.h and securebits.h.
CAP_DAC_OVERRIDE = 1
VERSION_3 = 0x20080522
PR_SET_KEEPCAPS, PR_SET_SECUREBITS = 8, 28
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
# Another user keeps capabilities, and access(2) minds them: initdb asks it whether it may run its like.
SECBIT_NO_SETUID_FIXUP = 1 << 2


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def main(command: list[str]) -> None:
    """Becomes the program; ends with a sentence when that cannot be."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)  # for where the next may not be set
    libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    kept = 1 << CAP_DAC_OVERRIDE
    sets = (_Sets * 2)(_Sets(kept, kept, kept), _Sets(0, 0, 0))
    libc.capset(ctypes.byref(_Header(VERSION_3, 0)), sets)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
    os.chdir("/")
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.exit(f"the user nobody cannot run {command[0]}: {error.strerror}; do not run this as root")


if __name__ == "__main__":
    main(sys.argv[1:])
