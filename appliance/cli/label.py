"""tallybox label: the sheet that goes on the box, with its address and code as a QR code to scan."""

import hashlib
import html
import socket

import click
import segno
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from appliance import config
from appliance.cli.options import data_option
from appliance.storage import Folder

_SHEET = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>tallybox {name}</title>
<style>
body {{ font: 11pt/1.4 sans-serif; margin: 10mm }}
.label {{ width: 85mm; border: 0.3mm solid #000; border-radius: 2mm; padding: 4mm; display: flex; gap: 4mm }}
svg {{ width: 32mm; height: 32mm; flex: none }} b {{ font-size: 15pt }}
code {{ font-size: 14pt }} small {{ font-size: 7pt }}
</style>
<div class="label">{qr}<div><b>{name}</b><br>{address}<br>code <code>{code}</code><br>
<small>key {fingerprint}</small></div></div>
<p>Scan, or type the address in a browser on the shop's own network; then type the code. Who has the code sees the
numbers and the live picture: put the label where only staff can read it.</p>
</html>
"""


@click.command()
@data_option
@click.option("--text", is_flag=True, help="Print the three lines for a terminal instead of the sheet.")
def label(folder: Folder, text: bool) -> None:
    """Write the box's label as a page to print, on standard output.

    It shows the address on the local network, the code that the page asks for, and the fingerprint of the box's key, by
    which headquarters knows it.

    \b
    Example:
      tallybox label --data ~/tallybox > label.html
    """
    name = socket.gethostname().partition(".")[0]
    address = f"http://{name}.local:{config.load(folder.make().config).page.port}/"
    code, printed = folder.page_code(), fingerprint(folder)
    if text:
        click.echo(f"{address}\ncode {code}\nkey {printed}")
        return
    qr = segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True)
    told = {"name": name, "address": address, "code": f"{code[:4]}-{code[4:]}", "fingerprint": printed}
    click.echo(_SHEET.format(qr=qr, **{key: html.escape(value) for key, value in told.items()}))


def fingerprint(folder: Folder) -> str:
    """Return the sha256 of the box's public key, its first 16 bytes in groups of four digits."""
    public = folder.signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    digits = hashlib.sha256(public).hexdigest()[:32]
    return " ".join(digits[start : start + 4] for start in range(0, 32, 4))
