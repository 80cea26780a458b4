"""The files laid over the root: scripts that shellcheck likes, units that name what is there."""

import re
import shutil
import subprocess
import tomllib

import pytest

from image_build.settings import HERE, REPOSITORY

LAYERS = HERE / "layers"
UNITS = sorted(path for path in (LAYERS / "common/etc/systemd/system").iterdir() if path.is_file())
OF_DEBIAN = ("/bin/sh", "/usr/bin/nft", "/usr/sbin/nft")


def scripts():
    places = [path for folder in (LAYERS, REPOSITORY / "scripts", HERE) for path in folder.rglob("*")]
    files = {path for path in places if path.is_file() and ".venv" not in path.parts}
    return sorted(path for path in files if path.read_bytes()[:40].split(b"\n")[0].endswith((b"sh", b"bash")))


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="needs shellcheck")
def test_shellcheck_finds_nothing():
    found = scripts()
    assert {"slots", "gate", "initramfs-init", "test-image", "build"} <= {path.name for path in found}
    done = subprocess.run(
        ["shellcheck", "-x", *map(str, found)], cwd=REPOSITORY, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_starts_is_in_the_layers(unit):
    for program in re.findall(r"^Exec\w+=(\S+)", unit.read_text(), re.M):
        ours = LAYERS / "common" / program.lstrip("/")
        assert ours.exists() or program in OF_DEBIAN or program == "/usr/lib/tallybox/bin/python3", program


@pytest.mark.parametrize(
    "unit", [unit for unit in UNITS if re.search("(count|web|nightly).service$", unit.name)], ids=lambda u: u.name
)
def test_a_service_has_its_cage_its_limits_and_a_watchdog(unit):
    text = unit.read_text()
    cage = {"User": "tallybox", "ProtectSystem": "strict", "NoNewPrivileges": "yes", "CapabilityBoundingSet": ""}
    cage |= {"Type": "notify", "Restart": "always", "StartLimitIntervalSec": "0"}
    for key, value in cage.items():
        assert f"\n{key}={value}\n" in text
    assert re.search(r"\nMemoryMax=\d+M\n", text)
    assert re.search(r"\nWatchdogSec=\d+", text)


def test_the_three_services_and_the_system_fit_into_400_mb():
    limits = [re.search(r"MemoryMax=(\d+)M", unit.read_text()) for unit in UNITS]
    assert sum(int(limit[1]) for limit in limits if limit) <= 480


def test_every_unit_that_is_enabled_is_ours_or_debian_s():
    rules = tomllib.loads((HERE / "root.toml").read_text())
    ours = {unit.name for unit in UNITS}
    enabled = {unit for units in rules["enabled"].values() for unit in units}
    assert {unit for unit in enabled if unit.startswith("tallybox")} <= ours
    assert not enabled & {*rules["masked"], *rules["not_by_itself"]}
    started = {unit.name for unit in UNITS if unit.suffix in (".timer", ".path")}
    assert {name.rpartition(".")[0] + ".service" for name in started} <= ours


@pytest.mark.skipif(not shutil.which("nft"), reason="needs nftables")
def test_the_firewall_s_rules_are_rules():
    text = (LAYERS / "common/etc/nftables.conf").read_text()
    numbers = text.replace('"avahi"', "100").replace('"systemd-timesync"', "101")
    done = subprocess.run(["nft", "--check", "-f", "-"], input=numbers, capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr or "cache initialization" in done.stderr:
        pytest.skip("needs the right to look at the firewall")
    assert done.returncode == 0, done.stderr
