"""First boot, and whenever something was put on the card: the box's own keys, then settings from the FAT partition.

tallybox.toml    the configuration, as docs/configuration.md describes it
wifi.toml        ssid = "...", password = "...", country = "DE"; also hostname = "..."
enrol.txt        the one-time link from headquarters
user-data, network-config   what Raspberry Pi Imager writes: host name, Wi-Fi; the rest of it is not for a box
What was taken is removed from the card; what is wrong stays there, with one line in tallybox-error.txt.
"""

import os
import re
import socket
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance import config

LARGEST = 64 * 1024  # bytes of any file from the card


class ProvisionError(ValueError):
    """A file on the card can't be used; the message is one line."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie; a test puts them elsewhere."""

    card: Path = Path("/config")
    data: Path = Path("/var/lib/tallybox")
    network: Path = Path("/var/lib/NetworkManager")
    hostname: Path = Path("/data/hostname")


@dataclass(frozen=True, slots=True)
class Wifi:
    """A wireless network to join."""

    ssid: str
    password: str = ""
    hidden: bool = False


def take(places: Places) -> list[str]:
    """Take every file that is there, in this order; return a line for each that was wrong."""
    steps: dict[str, Callable[[str, Places], None]] = {
        "network-config": _network_config,
        "user-data": _user_data,
        "wifi.toml": _wifi_toml,
        "tallybox.toml": _configuration,
        "enrol.txt": _enrol,
    }
    wrong = []
    for name, step in steps.items():
        path = places.card / name
        if not path.exists():
            continue
        try:
            step(_text(path), places)
        except (ProvisionError, config.ConfigError) as error:
            wrong.append(str(error) if str(error).startswith(name) else f"{name}: {error}")
            continue
        path.unlink()
    note = places.card / "tallybox-error.txt"
    if wrong:
        note.write_text("".join(f"{line}\r\n" for line in wrong))
    else:
        note.unlink(missing_ok=True)
    return wrong


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ProvisionError(f"larger than {LARGEST // 1024} KB")
    try:
        return path.read_bytes().decode("utf-8-sig")  # editors on Windows put a mark in front
    except UnicodeDecodeError:
        raise ProvisionError("not UTF-8 text") from None


def _configuration(text: str, places: Places) -> None:
    config.parse(text)
    put(places.data / "tallybox.toml", text)


def _enrol(text: str, places: Places) -> None:
    link = text.strip()
    if not re.fullmatch(r"tallybox-enrol:\S{1,600}", link):
        raise ProvisionError("must be the one line that `tallybox hq invite` printed, tallybox-enrol:...")
    put(places.data / "enrol.txt", link + "\n")


def _wifi_toml(text: str, places: Places) -> None:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProvisionError(str(error)) from None
    if unknown := told.keys() - {"ssid", "password", "country", "hidden", "hostname"}:
        raise ProvisionError(f"{min(unknown)} is not a setting; known: ssid, password, country, hidden, hostname")
    country = _country(told["country"]) if "country" in told else ""
    if "ssid" in told:
        join(wifi(told["ssid"], told.get("password", ""), told.get("hidden", False)), places)
    elif "password" in told:
        raise ProvisionError("a password without ssid")
    if country:
        put(places.network / "country", country + "\n")
    if "hostname" in told:
        name_the_box(told["hostname"], places)


def _network_config(text: str, places: Places) -> None:
    """Netplan's table as Imager writes it: network.wifis.wlan0.access-points.SSID.password."""
    table = _yaml(text)
    network = table.get("network", table)
    wifis = network.get("wifis", {}) if isinstance(network, dict) else {}
    for radio in _tables(wifis, "wifis"):
        points = radio.get("access-points", {})
        if not isinstance(points, dict):
            raise ProvisionError("access-points must be a table")
        for ssid, point in points.items():
            point = point if isinstance(point, dict) else {}
            join(wifi(str(ssid), str(point.get("password", "")), bool(point.get("hidden", False))), places)
        if country := radio.get("regulatory-domain"):
            put(places.network / "country", _country(country) + "\n")


def _user_data(text: str, places: Places) -> None:
    """The host name alone: a box has no users, and no shell that listens."""
    table = _yaml(text)
    if name := table.get("hostname"):
        name_the_box(name, places)


def _yaml(text: str) -> dict[str, Any]:
    import yaml  # type: ignore[import-untyped]

    try:
        table = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        raise ProvisionError("not YAML") from None
    if not isinstance(table, dict):
        raise ProvisionError("not a table")
    return table


def _tables(value: object, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(inner, dict) for inner in value.values()):
        raise ProvisionError(f"{name} must be a table of tables")
    return list(value.values())


def _country(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value.upper()):
        raise ProvisionError("country must be two letters, such as DE")
    return value.upper()


def wifi(ssid: object, password: object, hidden: object) -> Wifi:
    """Return a checked network. Raises ProvisionError."""
    if not isinstance(ssid, str) or not 1 <= len(ssid.encode()) <= 32:
        raise ProvisionError("ssid must be 1 to 32 bytes of text")
    if not isinstance(password, str) or not isinstance(hidden, bool):
        raise ProvisionError("password must be text, hidden true or false")
    hashed = re.fullmatch(r"[0-9a-fA-F]{64}", password)
    if password and not hashed and not re.fullmatch(r"[\x20-\x7e]{8,63}", password):
        raise ProvisionError("the Wi-Fi password must be 8 to 63 plain characters")
    return Wifi(ssid, password, hidden)


def join(network: Wifi, places: Places) -> None:
    """Write NetworkManager's profile of a network."""
    put(places.network / "connections" / f"{network.ssid.encode().hex()}.nmconnection", profile(network))


def profile(network: Wifi) -> str:
    """Return the profile as a key file. The name goes as bytes and the password escaped: both are somebody's text."""
    number = uuid.uuid5(uuid.UUID("7a11b0c5-0000-4000-8000-000000000000"), network.ssid)
    rows = ["[connection]", f"id=wifi-{network.ssid.encode().hex()}", f"uuid={number}", "type=wifi", ""]
    rows += ["[wifi]", "mode=infrastructure", f"ssid={''.join(f'{byte};' for byte in network.ssid.encode())}"]
    rows += ["hidden=true"] if network.hidden else []
    if network.password:
        escaped = network.password.replace("\\", "\\\\")
        escaped = re.sub(r"^ +| +$", lambda blanks: r"\s" * len(blanks[0]), escaped)
        rows += ["", "[wifi-security]", "key-mgmt=wpa-psk", f"psk={escaped}"]
    return "\n".join([*rows, "", "[ipv4]", "method=auto", "", "[ipv6]", "method=auto", ""])


def name_the_box(name: object, places: Places) -> None:
    """Set the host name, which is the box's name on the network. Raises ProvisionError."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name):
        raise ProvisionError("hostname must be of a-z, 0-9 and -")
    places.hostname.write_text(name + "\n")  # bound over /etc/hostname, so written in place
    if places == Places():
        socket.sethostname(name)


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


@contextmanager
def writable(card: Path) -> Iterator[None]:
    """Have the settings partition writable for as long as it takes."""
    subprocess.run(["mount", "-o", "remount,rw", card], check=True)
    try:
        yield
    finally:
        os.sync()
        subprocess.run(["mount", "-o", "remount,ro", card], check=True)


def main() -> None:
    """Take what is on the card, make the box's secrets at the first boot, and leave the sheet to print on the card."""
    places = Places()
    with writable(places.card):
        for line in take(places):
            print(f"provision: {line}", file=sys.stderr)
        subprocess.run(["chown", "-R", "tallybox:tallybox", places.data], check=True)
        sheet = ["/usr/lib/tallybox/as-tallybox", "/usr/bin/tallybox", "label"]
        label = subprocess.run(sheet, check=True, capture_output=True).stdout
        (places.card / "tallybox-label.html").write_bytes(label)


if __name__ == "__main__":
    main()
