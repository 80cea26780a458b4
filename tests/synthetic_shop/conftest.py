import pytest

from scripts.synthetic_shop.bodies import BodyInfo

AGES = (5, 8, 10, 15, 17, 25, 28, 31, 35, 40, 45, 50, 55, 60, 70, 75)


@pytest.fixture(scope="session")
def walkers() -> list[BodyInfo]:
    """Bodies as far as a walk needs them: nothing here is baked or drawn."""
    return [
        BodyInfo(f"p{i:03d}", "adult", age, "fm"[i % 2], 1.1 + min(age, 20) * 0.03, 1.3) for i, age in enumerate(AGES)
    ]


@pytest.fixture(scope="session")
def studio():
    """The renderer with the baked people."""
    pytest.importorskip("moderngl", reason="needs the renderer: pip install --require-hashes -r locks/synth.txt")
    from scripts.synthetic_shop.bodies import NotBakedError
    from scripts.synthetic_shop.studio import Studio, StudioError

    try:
        return Studio()
    except (NotBakedError, StudioError) as error:
        pytest.skip(str(error))
