"""What the tests of headquarters share: a database of their own and the application over it, at one moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from hq.app import create_app
from hq.database import open_database, sqlite_url
from tests.hq.chain_of_shops import NOW


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(sqlite_url(tmp_path / "hq.sqlite3"))
    yield engine
    engine.dispose()


@pytest.fixture
def app(database: Engine) -> Flask:
    return create_app(database, now=lambda: NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
