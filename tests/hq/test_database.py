"""The database's address, its migrations, two that start at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from hq.database import HqError, open_database, sqlite_url, writing
from hq.tables import metadata


def test_the_migrations_make_the_tables_that_queries_see(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "hq.sqlite3"))
    with writing(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_many_that_start_at_once_migrate_one_after_the_other(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "hq.sqlite3")
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(open_database, [url] * 4))
    for engine in engines:
        assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
        engine.dispose()


@pytest.mark.parametrize("url", ["", "hq", "mysql://localhost/hq", "postgresql+nothing://localhost/hq"])
def test_what_is_no_address_of_a_database_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match="database: must be an address"):
        open_database(url)


def test_a_database_that_is_not_there_is_one_line_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(HqError, match=r"^postgresql\+psycopg://hq:\*\*\*@127.0.0.1:1/hq: .*refused[^\n]*$"):
        open_database("postgresql+psycopg://hq:secret@127.0.0.1:1/hq")
