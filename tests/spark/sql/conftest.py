"""A cluster with Spark Connect, and sidecars that run SQL on it."""

import os
from collections.abc import Iterator

import pytest

from tests.spark.conftest import Cluster
from tests.spark.sql.client import Sql


@pytest.fixture(scope="package")
def spark() -> Iterator[Cluster]:
    """Return a cluster with Connect."""
    version = os.environ.get("CONNECT_SPARK_VERSION")
    cluster = Cluster(*(["--version", version] if version else []))
    yield cluster
    cluster.end()


@pytest.fixture(scope="package")
def read(spark: Cluster) -> Iterator[Sql]:
    """Return a sidecar with the default mode."""
    sql = Sql(spark, SPARK_MONITOR_SQL_SESSIONS="100")
    # Spark's first statement takes longer than an answer waits for a refusal.
    sql.run(sql.open(), "SELECT 1")
    yield sql
    sql.end()


@pytest.fixture(scope="package")
def write(spark: Cluster) -> Iterator[Sql]:
    """Return a sidecar that runs everything."""
    sql = Sql(spark, SPARK_MONITOR_SQL="write")
    sql.run(sql.open(), "SELECT 1")
    yield sql
    sql.end()
