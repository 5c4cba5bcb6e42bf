"""What a copy of a person's file shows of them, after a real session with data that nobody else may see."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.conftest import until
from tests.history.conftest import Remembering, Table, collector
from tests.spark.conftest import Cluster

# Each stands in a literal, a message, a path, a setting or a comment of the session, and must not be in the file.
PRIVATE = [
    "zaphod.beeblebrox",
    "4711081542",
    "patients_of_ward_nine",
    "hunter2hunter2",
    "Dr. Strangelove",
    "the diagnosis is",
    "my_private_notes",
    "s3cr3t-bucket",
]
SESSION = """import contextlib
def tried(text):
    with contextlib.suppress(Exception):
        spark.sql(text).collect()
spark.range(2000).selectExpr("id AS number", "cast(id AS string) AS name").createOrReplaceTempView("people")
tried("SELECT count(*) FROM people WHERE name = 'zaphod.beeblebrox' AND number < 4711081542")
tried("SELECT name /* asked by Dr. Strangelove */ FROM people -- my_private_notes\\n WHERE number IN (4711081542, 1)")
tried("SELECT raise_error(concat('the diagnosis is ', name)) FROM people")
tried("SELECT * FROM csv.`/data/patients_of_ward_nine/2026.csv`")
tried("SELECT * FROM parquet.`s3a://key:hunter2hunter2@s3cr3t-bucket/x`")
tried("SET spark.hadoop.fs.s3a.secret.key=hunter2hunter2")
with contextlib.suppress(Exception):
    spark.table("people").filter(F.col("name") == "zaphod.beeblebrox").groupBy("name").count().collect()
with contextlib.suppress(Exception):
    spark.read.csv("/data/patients_of_ward_nine/2026.csv").collect()
def fails(name):
    raise ValueError("the diagnosis is " + name)
with contextlib.suppress(Exception):
    spark.table("people").select(F.udf(fails)("name")).collect()
"""


def texts(database: Path) -> dict[str, set[str]]:
    """Return all texts of a database by the columns they stand in."""
    found: dict[str, set[str]] = {}
    with closing(sqlite3.connect(database)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in rows.description]
            for row in rows.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, str) and value:
                        found.setdefault(f"{table}.{column}", set()).add(value)
    return found


def test_a_copy_of_the_file_shows_no_literal_no_message_and_no_path(
    busy: Cluster, remembering: Callable[[Path], Remembering], tmp_path: Path
) -> None:
    history = remembering(tmp_path)
    sidecar = history.start()
    busy.query(SESSION).succeeds()

    def is_remembered() -> bool:
        labels = [shape["label"] for shape in sidecar.ok("history/queries")["shapes"]]
        return any("raise_error" in label for label in labels) and any("from people where name" in it for it in labels)

    until("the session is remembered", is_remembered, 120)
    until("the last of it too", lambda: collector(sidecar)["runs"] > 8, 60)
    sidecar.end()
    folder = history.database.parent
    found = [(secret, file.name) for file in folder.iterdir() for secret in PRIVATE if secret in as_text(file)]
    assert found == []
    assert "raise_error" in as_text(history.database), "the test can see what is stored"
    seen = texts(history.database)
    paths = [text for values in seen.values() for text in values if "/data/" in text or str(Path.home()) in text]
    assert paths == []
    table = Table("dump", "column", "texts", "some of them")
    for column, values in sorted(seen.items()):
        some = sorted(values, key=lambda text: (len(text), text))[-3:]
        table.add(f"`{column}`", str(len(values)), "; ".join(f"`{text[:110].replace('|', '¦')}`" for text in some))
    with closing(sqlite3.connect(history.database)) as connection:
        (Path(os.environ.get("OUT", "target/history")) / "dump.sql").write_text("\n".join(connection.iterdump()))


def as_text(file: Path) -> str:
    """Return a file's bytes as text."""
    return file.read_bytes().decode("latin-1")
