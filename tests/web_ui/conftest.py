from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from appliance.storage import Folder
from tests.metrics.shop import at
from tests.web_ui.month import fill
from web_ui import create_app

NOW = at("2026-11-24 17:36")


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A month of a shop, to look at only."""
    path = tmp_path_factory.mktemp("month")
    fill(path, NOW)
    return Folder(path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty data folder."""
    return Folder(tmp_path)


@pytest.fixture
def open_page() -> Callable[..., FlaskClient]:
    """The page of a folder as it is seen from an address it listens on."""

    def opened(folder: Folder, host: str = "127.0.0.1") -> FlaskClient:
        app = create_app(folder, host, now=lambda: NOW)
        return app.test_client()

    return opened
