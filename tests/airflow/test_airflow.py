"""What is exported is imported and run by a real Airflow 3."""

from tests.airflow.conftest import Airflow
from tests.airflow.notebooks import export

SALES = [
    "%matplotlib inline\nfrom pyspark.sql import functions as F",
    "# @pipeline-params\nmonth = '2026-05'\nlimit = 10",
    "df = spark.range(limit).withColumn('month', F.lit(month))\ndf.createOrReplaceTempView('sales')",
    "%%sql\nSELECT month, sum(id) AS total FROM sales WHERE month = :month GROUP BY month",
    "print('done', limit, type(limit).__name__)",
]


def test_every_target_is_imported_without_an_error(airflow: Airflow) -> None:
    targets = {"airflow-connect": "a_connect", "airflow-submit": "a_submit", "papermill": "a_papermill"}
    for target, name in targets.items():
        export(SALES, name, airflow.dags / name, target)
    bag = airflow.bag()
    assert bag["errors"] == {}
    tasks = {name: bag["dags"][name] for name in targets.values()}
    assert tasks == {
        "a_connect": ["_PySparkDecoratedOperator"],
        "a_submit": ["SparkSubmitOperator"],
        "a_papermill": ["_PythonDecoratedOperator", "PapermillOperator"],
    }
    assert "job" not in bag["dags"], "the job itself is not looked at"


def test_a_run_on_spark_connect_succeeds_with_typed_parameters(airflow: Airflow) -> None:
    export(SALES, "sales", airflow.dags / "sales", "airflow-connect")
    succeeded, log = airflow.test("sales", {"month": "2026-07", "limit": 5})
    assert succeeded, log
    assert "|2026-07|10   |" in log
    assert "done 5 int" in log
    assert "::group::cell 3" in log, "each cell has its group of lines"


def test_changed_code_is_what_runs_next(airflow: Airflow) -> None:
    for word in ("first", "second"):
        export([f"print('the {word} text')"], "changed", airflow.dags / "changed", "airflow-connect")
        succeeded, log = airflow.test("changed")
        assert succeeded, log
        assert f"the {word} text" in log


def test_a_failure_names_its_cell_and_line(airflow: Airflow) -> None:
    export(
        ["x = 1", "\nspark.sql('SELECT nope FROM range(3)').show()"], "fails", airflow.dags / "fails", "airflow-connect"
    )
    succeeded, log = airflow.test("fails")
    assert not succeeded
    assert "fails.ipynb: the job failed in cell 1, line 2." in log


def test_papermill_runs_the_notebook_itself(airflow: Airflow) -> None:
    cells = ["# @pipeline-params\nlimit = 10", "print('done', limit * 2)"]
    export(cells, "whole", airflow.dags / "whole", "papermill")
    succeeded, log = airflow.test("whole", {"limit": 7})
    assert succeeded, log
    outputs = [path.read_text() for path in airflow.folder.glob("whole-*.ipynb")]
    assert len(outputs) == 1
    assert "done 14" in outputs[0]
