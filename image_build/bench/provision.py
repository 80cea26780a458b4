"""Provisioning: files on the settings partition, wrong ones, right ones, and Raspberry Pi Imager's."""

import tempfile
from pathlib import Path

from image_build.bench.common import DATA, machine
from image_build.bench.machine import Machine
from image_build.bench.parts import Parts
from image_build.bench.table import Table, need

_TURN_OFF = "systemctl poweroff"
_SHOP = '[shop]\nname = "Corner"\nzone = "Europe/Berlin"\n'
_WIFI = 'hostname = "corner-1"\nssid = "Café 1"\npassword = "back\\\\slash 1"\ncountry = "de"\n'
_IMAGER = """network:
  version: 2
  wifis:
    wlan0:
      regulatory-domain: "DE"
      access-points:
        "Shop 2":
          password: "0123456789abcdef"
"""


def put(box: Machine, files: dict[str, str]) -> None:
    """Put files on the settings partition, as a PC with the card would."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.write_text(text)
            box.card.mtools(1, "mcopy", path, f"::{name}")


def provision(parts: Parts, table: Table) -> None:
    """Wrong files are told, right ones taken, Imager's too."""
    with machine("provision", parts) as box:
        put(box, {"tallybox.toml": '[shop]\nzone = "Mars/Crater"\n', "wifi.toml": 'ssid = "x"\npassword = "short"\n'})
        box.start().page()
        with table.row("wrong files are told on the card, and nothing of them is taken") as row:
            row.says = " | ".join(box.sh("cat /config/tallybox-error.txt").split("\r\n"))
            need("shop.zone" in row.says and "8 to 63" in row.says, "not told")
            need(
                not box.sh(f"find {DATA} /var/lib/NetworkManager/connections -name '*.toml' -o -name '*.nm*'"), "taken"
            )
        box.reset(_TURN_OFF)
        put(box, {"tallybox.toml": _SHOP, "wifi.toml": _WIFI})
        box.start()
        with table.row("right files are taken at the next start, and are gone from the card") as row:
            row.says = f"page after {box.page()} s as {box.sh('hostname')}"
            _taken(box)
        box.reset(_TURN_OFF)
        put(box, {"user-data": "#cloud-config\nhostname: from-imager\n", "network-config": _IMAGER})
        box.start().page()
        with table.row("Raspberry Pi Imager's files are taken, and kept over a restart") as row:
            box.reset()
            box.start().page()
            row.says = f"{box.sh('hostname')}; {box.sh('nmcli -t -f NAME connection show | grep -c ^wifi-')} networks"
            need(row.says == "from-imager; 2 networks", "not taken")


def _taken(box: Machine) -> None:
    need(box.sh("hostname") == "corner-1", "another name")
    need("Corner" in box.sh(f"cat {DATA}/tallybox.toml"), "no configuration")
    name = f"wifi-{'Café 1'.encode().hex()}"
    told = box.sh(f"nmcli -e no -t -s -g 802-11-wireless-security.psk connection show {name}")
    need(told == "back\\slash 1", f"NetworkManager knows the password as {told}")
    left = set(box.sh("ls /config").split())
    need(left == {"README.txt", "autoboot.txt", "tallybox-label.html"}, f"on the card: {left}")
