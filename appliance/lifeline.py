"""A child that dies with its parent, whatever killed the parent: the kernel sees to it (Linux: PR_SET_PDEATHSIG).

The parent is the thread that started the child, so a child must be started by a thread that lives as long as it should.
"""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
VARIABLE = "TALLYBOX_PARENT"


def die_with(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `how` to this process when its parent, whose process id is `parent`, is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:  # it died before that took hold
        os._exit(1)


def die_with_whoever_says_so() -> None:
    """Stop in good order with a parent that named itself in the environment."""
    parent = os.environ.pop(VARIABLE, "")
    if parent.isdecimal():
        die_with(int(parent), signal.SIGTERM)
