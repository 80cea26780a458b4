"""Our user, with a number that never changes: owners on the data partition are numbers, and outlive every root."""

from collections.abc import Callable

NAME, NUMBER = "tallybox", 610
HOME = "/var/lib/tallybox"

# Owners of what persists beside ours. A list of packages that shifts one of them would lock it out of its own files.
PERSISTING = {"systemd-timesync": "var/lib/systemd/timesync"}


def _with(line: str) -> Callable[[bytes], bytes]:
    return lambda old: old + line.encode() + b"\n"


EDITS = {
    "etc/passwd": _with(f"{NAME}:x:{NUMBER}:{NUMBER}:tallybox:{HOME}:/usr/sbin/nologin"),
    "etc/group": _with(f"{NAME}:x:{NUMBER}:"),
    "etc/shadow": _with(f"{NAME}:!*:20000::::::"),
    "etc/gshadow": _with(f"{NAME}:!*::"),
}
