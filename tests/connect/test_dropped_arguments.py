"""Arguments that the parser of an extension drops, on a real Spark Connect server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest
from pyspark.errors import PySparkException

from tests.spark.command_line import Connect, fact, on_spark_40

SOURCE = Path(__file__).with_name("DroppingParser.scala")


@pytest.fixture(scope="module")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    """Return the command line on a server with such an extension."""
    jar = tmp_path_factory.mktemp("extension") / "dropping-parser.jar"
    # Spark contains the compiler. The extension has only names that all versions have.
    jars = str(Path(pyspark.__file__).parent / "jars/*")
    command = ["java", "-cp", jars, "scala.tools.nsc.Main", "-usejavacp", "-d", str(jar), str(SOURCE)]
    subprocess.run(command, check=True)
    settings = [f"spark.driver.extraClassPath={jar}", "spark.sql.extensions=DroppingParser"]
    connect = Connect(*[option for setting in settings for option in ("--conf", setting)])
    yield connect
    connect.end()


def of_pyspark(connect: Connect) -> str:
    """Run a query with an argument in PySpark; return what it gives."""
    try:
        return str(connect.oracle.sql("SELECT :n + 1", args={"n": 41}).collect()[0][0])
    except PySparkException as error:
        return str(error.getCondition())


def test_a_command_gets_the_arguments_that_the_parser_drops_and_a_query_fails_as_in_pyspark(connect: Connect) -> None:
    theirs = of_pyspark(connect)
    assert theirs == ("42" if on_spark_40() else "UNBOUND_SQL_PARAMETER")
    named = ("--param", "n=41")
    connect.ok(*named, "CREATE TABLE dropped_arguments USING parquet AS SELECT :n + 1 AS a")
    try:
        connect.ok("--arg", "43", "INSERT INTO dropped_arguments VALUES (?)")
        assert connect.ok("SELECT a FROM dropped_arguments ORDER BY a")["rows"] == [[42], [43]]
    finally:
        connect.ok("DROP TABLE dropped_arguments")
    code, result, error = connect.run(*named, "SELECT :n + 1")
    ours = str(result["rows"][0][0]) if code == 0 else error["error_class"]
    assert ours == theirs
    seen = f"in a command it arrives; a query gives {ours}, as in PySpark"
    fact(1, "an argument that the parser of an extension drops", seen)
