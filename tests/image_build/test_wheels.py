"""One lock serves all machines: its markers are judged for the box, whatever machine builds."""

import pytest

from image_build import wheels
from image_build.settings import REPOSITORY, BuildError

ENTRY = "{} \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


@pytest.mark.parametrize(
    ("requirement", "taken"),
    [
        ("av==19.0.2 ; python_full_version >= '3.12'", True),
        ("av==18.1.0 ; python_full_version < '3.12'", False),
        ("pycparser==3.12 ; implementation_name != 'PyPy'", True),
        ("colorama==0.4.6 ; sys_platform == 'win32'", False),
        ("x==1 ; platform_machine == 'x86_64'", False),
        ("x==1 ; platform_machine == 'aarch64' and sys_platform == 'linux'", True),
    ],
)
def test_a_marker_is_judged_for_the_box(requirement, taken):
    assert bool(wheels.requirements(ENTRY.format(requirement))) is taken


@pytest.mark.parametrize("name", ["alembic", "SQLAlchemy", "argon2-cffi", "Mako"])
def test_headquarters_packages_stay_at_headquarters(name):
    assert wheels.requirements(ENTRY.format(f"{name}==1.0")) == {}


def test_all_hashes_go_along():
    assert wheels.requirements(ENTRY.format("numpy==2.5.5")) == {
        "numpy": "numpy==2.5.5 --hash=sha256:aa --hash=sha256:bb"
    }


@pytest.mark.parametrize("line", ["numpy==2.5.5\n", "numpy>=2 \\\n    --hash=sha256:aa\n"])
def test_what_has_no_exact_version_or_no_hash_is_refused(line):
    with pytest.raises(BuildError, match="numpy"):
        wheels.requirements(line)


def test_the_product_s_lock_has_what_the_box_imports():
    found = wheels.requirements((REPOSITORY / "locks/product.txt").read_text())
    assert {"numpy", "onnxruntime", "opencv-python-headless", "av", "flask", "waitress", "segno"} <= found.keys()
