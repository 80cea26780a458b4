"""scripts/install on a machine that is thrown away afterwards: this one, with every write going to memory."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "useradd", "apt-get"))),
        reason="needs root and Debian, for an overlay of the machine in a name space of its own",
    ),
]

# An overlay of the machine's root, with its own /proc and no systemd; the checkout and pip's cache are seen in it.
INSIDE = """set -e
mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root" || exit 77
mount --rbind /dev "$1/root/dev" && mount -t proc proc "$1/root/proc" && mount -t tmpfs run "$1/root/run"
shift_root=$1 && shift
exec chroot "$shift_root/root" bash -ec "$@"
"""


def on_a_machine_of_its_own(tmp_path: Path, script: str) -> str:
    command = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "bash",
        "-c",
        INSIDE,
        "bash",
        tmp_path,
        f"cd '{ROOT}'; {script}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
    if done.returncode == 77:
        pytest.skip("needs overlayfs")
    if "is there a network?" in done.stderr:
        pytest.skip("needs a network for the locked packages")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_installs_once_runs_as_its_own_user_and_goes_without_a_trace_but_the_data(tmp_path):
    told = on_a_machine_of_its_own(
        tmp_path,
        """
        checkout=$(mktemp -d)
        cp -r appliance web_ui hq models locks scripts image_build pyproject.toml README.md LICENSE NOTICE "$checkout"
        cd "$checkout"
        state() { find . -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum; }
        before=$(state)
        first=$(mktemp)
        scripts/install
        ls -l --time-style=full-iso /opt/tallybox/current/complete >"$first"
        scripts/install
        ls -l --time-style=full-iso /opt/tallybox/current/complete | cmp - "$first" && echo "once"
        [ "$(state)" = "$before" ] && echo "checkout untouched"
        systemd-analyze verify /etc/systemd/system/tallybox-*.service 2>&1 | grep -i tallybox || echo "units verified"
        stat -c '%U %a' /var/lib/tallybox
        setpriv --reuid tallybox --regid tallybox --clear-groups env HOME=/ TALLYBOX_DATA=/var/lib/tallybox \
          timeout 60 /usr/local/bin/tallybox label --text | tail -1 | cut -c 1-4
        scripts/install --uninstall
        ls -d /opt/tallybox /etc/systemd/system/tallybox-* /usr/local/bin/tallybox 2>/dev/null || echo "gone"
        ls /var/lib/tallybox/keys/page.code
        scripts/install --uninstall --purge
        ls -d /var/lib/tallybox 2>/dev/null || id tallybox 2>/dev/null || echo "purged"
        """,
    )
    lines = told.splitlines()
    for line in ("once", "checkout untouched", "units verified", "tallybox 700", "key ", "gone", "purged"):
        assert line in lines, told
    assert "/var/lib/tallybox/keys/page.code" in lines


@pytest.mark.parametrize(
    ("words", "says"),
    [("--fast", "is not an option"), ("--help", "scripts/install --uninstall")],
)
def test_what_was_typed_wrong_is_one_line(words, says):
    done = subprocess.run([ROOT / "scripts/install", words], capture_output=True, text=True, timeout=30, check=False)
    assert says in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) <= 1
