"""scripts/test-image [--quick] [PART ...]: boots the image, updates it, pulls its plug; 1 if a rule does not hold.

The first boot has the machine for itself, so that its time can be read; then two boxes run beside one another, for an
emulated box waits more than it works.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from image_build import settings
from image_build.bench import access, boot, cuts, provision, twice, updates
from image_build.bench.common import Check
from image_build.bench.parts import Parts, parts
from image_build.bench.table import Table

BESIDE = 2
PARTS: dict[str, Check] = {
    "boot": boot.boot,
    "idle": boot.idle,
    "twice": twice.twice,
    "cuts": cuts.cuts,
    "update": updates.update,
    "roots": updates.roots,
    "growth": cuts.growth,
    "crashes": cuts.crashes,
    "stick": updates.stick,
    "counting": boot.counting,
    "provision": provision.provision,
    "access": access.access,
    "small": boot.small,
}
QUICK: dict[str, Check] = {"boot": boot.boot, "quick": cuts.quick}


def held(check: Check, name: str, built: Parts, table: Table) -> None:
    """Run one part. What it can't go on from is a row too, and the other parts go on."""
    try:
        check(built, table)
    except Exception as error:
        with table.row(f"{name} as a whole"):
            raise AssertionError(f"{type(error).__name__}: {error}") from error


def main() -> int:
    """Run the parts named, or all."""
    parser = argparse.ArgumentParser(prog="scripts/test-image", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="boot, one update, one cut")
    parser.add_argument("part", nargs="*", metavar="PART", help=", ".join(PARTS))
    told = parser.parse_args()
    if unknown := set(told.part) - PARTS.keys():
        parser.error(f"{min(unknown)} is not a part: {', '.join(PARTS)}")
    started, table = time.monotonic(), Table()
    try:
        built = parts(settings.load_board("bench"))
    except settings.BuildError as error:
        print(f"test-image: {error}", file=sys.stderr)
        return 1
    print(f"            built in {time.monotonic() - started:.0f} s")
    checks = {
        name: check for name, check in (QUICK if told.quick else PARTS).items() if not told.part or name in told.part
    }
    if first := checks.pop("boot", None):
        held(first, "boot", built, table)
    with ThreadPoolExecutor(BESIDE) as lanes:
        list(lanes.map(lambda name: held(checks[name], name, built, table), checks))
    rules = len(table.rows)
    print(f"{rules - table.failed} of {rules} rules held, in {(time.monotonic() - started) / 60:.0f} minutes")
    return int(table.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
