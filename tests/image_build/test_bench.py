"""The bench itself: it reads autoboot.txt as the firmware does, and a rule that does not hold is never lost."""

import pytest

from image_build.bench.firmware import GuestError, boot_partition
from image_build.bench.table import Table, need
from image_build.boot import AUTOBOOT


@pytest.mark.parametrize(
    ("text", "tryboot", "partition"),
    [
        (AUTOBOOT.format(2, 3), False, 2),
        (AUTOBOOT.format(2, 3), True, 3),
        (AUTOBOOT.format(3, 2), False, 3),
        (AUTOBOOT.format(3, 2).replace("tryboot_a_b=1\n", ""), True, 3),
    ],
)
def test_the_firmware_s_choice(text, tryboot, partition):
    assert boot_partition(text, tryboot) == partition


def test_an_autoboot_without_a_partition_does_not_boot():
    with pytest.raises(GuestError, match="no boot_partition"):
        boot_partition("[all]\n", tryboot=False)


@pytest.mark.parametrize("error", [AssertionError("no"), GuestError("no page"), OSError("gone")])
def test_a_rule_that_fails_is_a_row_and_the_bench_goes_on(error, capsys):
    table = Table()
    with table.row("a rule") as row:
        row.says = "seen"
        raise error
    with table.row("another"):
        need(True, "never")
    assert [row.held for row in table.rows] == [False, True]
    assert table.failed == 1
    assert "FAIL" in capsys.readouterr().out
    assert "seen" in table.rows[0].says


def test_what_is_skipped_says_why_and_does_not_fail(capsys):
    table = Table()
    table.skip("a rule", "no radio")
    assert table.failed == 0
    assert "skip" in capsys.readouterr().out
