"""A machine of the bench: QEMU's arm64 `virt`, with this program in the role of the Raspberry Pi's firmware.

The guest is told which boot partition was taken by /chosen/bootloader/{partition,tryboot} of the device tree. The
one-shot tryboot flag is read off the kernel's last words on the console. So the guest is the image as it is, without
bench code; a root shell on a virtio port comes in by the command line (systemd.extra-unit).
"""

import atexit
import base64
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from image_build.bench.firmware import Card, GuestError, boot_partition

MEMORY = 1024  # MB; a board with 512 is measured on its own
PATIENCE = 400.0  # seconds for a page on a busy machine
_QEMU = ["qemu-system-aarch64", "-M", "virt,gic-version=3"]
_SHELL_UNIT = """[Unit]
StartLimitIntervalSec=0
DefaultDependencies=no
After=systemd-udevd.service
[Service]
Environment=PORT=/dev/virtio-ports/bench
ExecStart=/bin/sh -c 'until [ -e $PORT ]; do sleep 1; done; exec sh 0<>$PORT 1>&0 2>&1'
Restart=always
RestartSec=1
"""


class Machine:
    """One virtual box with its own card. Use it as a context: it is switched off at the end."""

    def __init__(self, folder: Path, image: Path, size: int | None = None, memory: int = MEMORY) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder, self.disk, self.memory = folder, folder / "card.img", memory
        self.card = Card(self.disk)
        self.tryboot, self.boots, self.extra = False, 0, ""
        self.devices: list[str] = []
        subprocess.run(["cp", "--sparse=always", image, self.disk], check=True)
        if size:
            os.truncate(self.disk, size)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: object) -> None:
        if self.boots:
            self.cut()
        self.disk.unlink()

    # --- the firmware

    def start(self) -> "Machine":
        """One run of firmware and guest. It ends with the guest's own reset, or with `cut`."""
        self.boots += 1
        partition, tree = boot_partition(self.card.autoboot(), self.tryboot), self.folder / "virt.dtb"
        flag, self.tryboot = int(self.tryboot), False
        self.card.take_start_files(partition, self.folder)
        self._write_device_tree(tree, {"partition": partition, "tryboot": flag})
        self.console = self.folder / f"console{self.boots}.log"
        kernel = ["-kernel", self.folder / "kernel8.img", "-initrd", self.folder / "initramfs8"]
        told = ["-dtb", tree, *kernel, "-append", self._command_line()]
        self.started = time.monotonic()
        words = [*_QEMU, "-accel", "tcg,thread=multi", "-no-reboot", *self._hardware(), *self._ports(), *map(str, told)]
        with (self.folder / "qemu.log").open("a") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, preexec_fn=_die_with_the_bench)
        atexit.register(self._process.kill)
        self._connect()
        return self

    def _write_device_tree(self, tree: Path, told: dict[str, int]) -> None:
        """Dump the tree of this very machine, and say in it what the firmware says."""
        dump = [*_QEMU[:2], f"{_QEMU[2]},dumpdtb={tree}", *self._hardware()]
        subprocess.run(dump, check=True, capture_output=True)
        subprocess.run(["fdtput", "-c", tree, "/chosen/bootloader"], check=True)
        for key, value in told.items():
            subprocess.run(["fdtput", "-t", "i", tree, "/chosen/bootloader", key, str(value)], check=True)

    def _hardware(self) -> list[str]:
        net = f"user,id=net,hostfwd=tcp:127.0.0.1:{self.port}-:8080"
        words = ["-cpu", "cortex-a72", "-smp", "2", "-m", str(self.memory), "-display", "none", "-nodefaults"]
        words += ["-drive", f"if=none,id=card,file={self.disk},format=raw,cache=writeback"]
        words += ["-device", "virtio-blk-pci,drive=card", "-netdev", net]
        words += ["-device", "virtio-net-pci,netdev=net,romfile="]
        words += ["-device", "virtio-rng-pci", "-device", "virtio-serial-pci", "-device", "i6300esb,id=watchdog"]
        return [*words, "-device", "qemu-xhci,id=usb", "-action", "watchdog=reset", *self.devices]

    def _ports(self) -> list[str]:
        words = ["-serial", f"file:{self.console}", "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off"]
        words += ["-chardev", f"socket,id=shell,path={self.folder}/shell,server=on,wait=off"]
        return [*words, "-device", "virtserialport,chardev=shell,name=bench"]

    def _command_line(self) -> str:
        unit = base64.b64encode(_SHELL_UNIT.encode()).decode()
        shell = "systemd.wants=bench-shell.service "
        shell += f"systemd.set_credential_binary=systemd.extra-unit.bench-shell.service:{unit}"
        return f"{(self.folder / 'cmdline.txt').read_text().strip()} {self.extra} {shell}"

    def _connect(self) -> None:
        """A port without a host end reads as end of file in the guest, so be there before it looks."""
        self._asked, self._shell = 0, socket.socket(socket.AF_UNIX)
        for _ in range(300):
            try:
                return self._shell.connect(f"{self.folder}/shell")
            except OSError:
                time.sleep(0.1)
        raise GuestError(f"QEMU does not start: {(self.folder / 'qemu.log').read_text().strip()[-300:]}")

    # --- the box

    @property
    def runs(self) -> bool:
        """Whether the guest still runs."""
        return self._process.poll() is None

    def said(self) -> str:
        """Return what the console shows so far."""
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def wait_for(self, pattern: str, timeout: float = PATIENCE) -> str:
        """Wait until the console shows a line that matches, and return the match."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if match := re.search(pattern, self.said()):
                return match[0].strip()
            if not self.runs:
                break
            time.sleep(0.5)
        raise GuestError(f"{self.console}: no {pattern!r} after {time.monotonic() - self.started:.0f} s")

    def verdict(self, timeout: float = 900) -> str:
        """Return what the health gate said in this boot."""
        return self.wait_for(r"gate: (slot \w+ (NOT )?well.*|trial of .*|slot \w+ committed.*)", timeout)

    def page(self, timeout: float = PATIENCE) -> float:
        """Wait for the page's answer; return the seconds since power on."""
        until = self.started + timeout
        while time.monotonic() < until and self.runs:
            if http_get(self.port, "/healthz"):
                return round(time.monotonic() - self.started, 1)
            time.sleep(0.5)
        last = " | ".join(self.said().strip().splitlines()[-3:])
        raise GuestError(f"no page after {time.monotonic() - self.started:.0f} s; {self.console}: {last}")

    def sh(self, command: str, timeout: float = 400, check: bool = True) -> str:
        """Run a command as root in the guest and return what it says. Raises GuestError when it fails, if `check`."""
        code, text = self.ask(command, timeout)
        if check and code:
            raise GuestError(f"guest: {command[:80]}: {code}: {' '.join(text.split())[-300:]}")
        return text

    def ask(self, command: str, timeout: float = 400, patient: bool = True) -> tuple[int, str]:
        """Run a command as root in the guest; return its exit status and what it says; 0 and all so far if it resets.

        Not `patient`: a command that has no end (it stops the guest) is none to complain of.
        """
        self._asked += 1
        mark = f"__{self._asked}_RC="
        line = f'( {command}\n) </dev/null 2>&1; echo "{mark[:3]}""{mark[3:]}$?."\n'
        self._shell.sendall(line.encode())
        heard, until = "", time.monotonic() + timeout
        while not (match := re.search(mark + r"(\d+)\.", heard)):
            self._shell.settimeout(max(0.1, until - time.monotonic()))
            try:
                piece = self._shell.recv(65536)
            except TimeoutError:
                if not patient:
                    return 0, heard
                raise GuestError(f"guest: {command[:80]}: no end after {timeout:.0f} s") from None
            if not piece:
                return 0, heard
            heard += piece.decode(errors="replace")
        return int(match[1]), heard[: match.start()].strip()

    def reset(self, command: str = "systemctl reboot", timeout: float = 400) -> None:
        """Have the guest restart, and keep what its firmware would keep."""
        self.ask(command, timeout)
        self.wait_reset(timeout)

    def wait_reset(self, timeout: float = 600) -> None:
        """Wait for the guest's own reset; keep the one-shot flag if it was given."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise GuestError(f"{self.console}: no reset after {timeout:.0f} s") from None
        last = re.findall(r"reboot: (?:Restarting system|Power down)(?: with command '([^']*)')?", self.said())
        self.tryboot = last[-1:] == ["0 tryboot"]

    def cut(self) -> None:
        """Pull the plug."""
        self._process.kill()
        self._process.wait()
        self._shell.close()
        self.tryboot = False

    def qmp(self, command: str, **arguments: Any) -> Any:
        """Ask QEMU itself."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(f"{self.folder}/qmp")
            file = monitor.makefile("rw")
            file.readline()
            answer: dict[str, Any] = {}
            for request in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}):
                file.write(json.dumps(request) + "\n")
                file.flush()
                while "return" not in (answer := json.loads(file.readline())):
                    if "error" in answer:
                        raise GuestError(f"qmp {command}: {answer['error']['desc']}")
            return answer["return"]

    def written(self) -> int:
        """Return the bytes that the guest has written to its card since power on."""
        return int(self.qmp("query-blockstats")[0]["stats"]["wr_bytes"])


def http_get(port: int, path: str, timeout: float = 10) -> bytes:
    """Return a page's body, or nothing where it does not answer with 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=timeout) as answer:
            return bytes(answer.read())
    except OSError:
        return b""


def _die_with_the_bench() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
