"""The box's own access point, over radios that the kernel simulates (mac80211_hwsim): from no network to the shop's.

The guest gets three radios. One is the box's; a phone and the shop's router have the others, in network namespaces of
their own, so that every frame between them goes over the simulated air and through the box's firewall.
"""

import time
from pathlib import Path

from image_build.bench import phone
from image_build.bench.common import machine
from image_build.bench.firmware import GuestError
from image_build.bench.machine import Machine
from image_build.bench.parts import Parts
from image_build.bench.table import Table, need

BOX = "10.41.0.1"
SSID, PASSWORD = "Shop", "0123 4567 89"
_ROUTER = f"""cat >/run/router.conf <<'END'
network={{
  ssid="{SSID}"
  mode=2
  frequency=2437
  key_mgmt=WPA-PSK
  proto=RSN
  psk="{PASSWORD}"
}}
END
ip netns exec shop ip link set lo up
ip netns exec shop ip addr add 192.168.77.1/24 dev wlan2
ip netns exec shop wpa_supplicant -B -i wlan2 -c /run/router.conf
ip netns exec shop dnsmasq -C /dev/null -p 0 -i wlan2 -F 192.168.77.10,192.168.77.99 -x /run/r.pid -l /run/r.leases
"""


def access(parts: Parts, table: Table) -> None:
    """No cable and no known Wi-Fi: a phone joins the box, is shown its page, and names the Wi-Fi that the box joins."""
    with machine("access", parts) as box:
        box.start().page()
        _radios(box)
        name = box.sh("hostname")
        with table.row("no network: the box opens an access point named like itself") as row:
            started = time.monotonic()
            box.sh("systemctl start tallybox-access-point.service")
            _until(box, f"ip netns exec phone iw dev wlan1 scan | grep -F 'SSID: {name}'")
            row.says = f"{name}, {time.monotonic() - started:.0f} s after it was seen that there is none"
        with table.row("a phone that joins is given an address, and is led to the page from any other") as row:
            _until(box, f"ip netns exec phone iw dev wlan1 connect -w {name} | grep -w connected")
            own = box.sh(_in("phone", "lease wlan1")).splitlines()[-1]
            anywhere = box.sh(_in("phone", "names connectivitycheck.example.com 10.41.0.1"))
            shown = _until(box, _in("phone", f"get http://{anywhere}/generate_204"))
            row.says = f"the phone is {own}; any name is {anywhere}, and any page asks for the Wi-Fi"
            need(anywhere == BOX and "Choose WiFi Connection" in shown, shown[:200])
        with table.row("the box's .local name is resolved by the phone, and the owner's page answers there") as row:
            found = box.sh(_in("phone", f"resolve {name}.local {own}"))
            page = box.sh(_in("phone", f"get http://{found}:8080/healthz"))
            row.says = f"{name}.local is {found}: {page.strip()}"
            need(found == BOX and page, "another address")
        with table.row(
            "the Wi-Fi that the phone named is joined, and the name is resolved in the shop's network"
        ) as row:
            started = time.monotonic()
            # the access point may be gone before the phone has its answer
            box.ask(_in("phone", f"post http://{BOX}/connect ssid={SSID} 'password={PASSWORD}'"))
            _until(box, "ip -4 -o addr show wlan0 | grep -F 192.168.77.")
            seconds = time.monotonic() - started
            found = box.sh(_in("shop", f"resolve {name}.local 192.168.77.1"))
            page = box.sh(_in("shop", f"get http://{found}:8080/healthz"))
            row.says = f"after {seconds:.0f} s; {name}.local is {found}: {page.strip()}"
            need(found.startswith("192.168.77."), "another address")


def _radios(box: Machine) -> None:
    """Pull the cable, and give the box, a phone and a router a radio each."""
    box.qmp("set_link", name="net", up=False)
    box.sh("modprobe mac80211_hwsim radios=3")
    _until(box, "test -e /sys/class/net/wlan2")
    box.sh(f"cat >/run/phone.py <<'END'\n{Path(phone.__file__).read_text()}\nEND")
    for place, interface in (("phone", "wlan1"), ("shop", "wlan2")):
        box.sh(f"ip netns add {place}")
        box.sh(f"iw phy $(cat /sys/class/net/{interface}/phy80211/name) set netns name {place}")
        box.sh(f"ip netns exec {place} ip link set {interface} up")
    box.sh(_ROUTER)
    _until(box, "! nmcli -t -f STATE general | grep -q ^connected")


def _in(place: str, words: str) -> str:
    """Return the command that has phone.py do something in a namespace."""
    return f"ip netns exec {place} python3 /run/phone.py {words}"


def _until(box: Machine, command: str, timeout: float = 180) -> str:
    """Repeat a command until it succeeds; return what it says."""
    until = time.monotonic() + timeout
    while True:
        code, text = box.ask(command)
        if not code:
            return text
        if time.monotonic() > until:
            raise GuestError(f"guest: {command[:80]}: not within {timeout:.0f} s: {' '.join(text.split())[-200:]}")
        time.sleep(2)
