from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.metrics.shop import Filled


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    database = Filled(tmp_path)
    yield database
    database.close()
