"""What the sidecar finds about workloads that are slow for one reason, and about a calm one."""

from collections.abc import Callable

import pytest

from tests.conftest import end, until
from tests.findings.watch import Seen, watch
from tests.findings.workloads import SHORT, Workload
from tests.spark.conftest import Cluster, Sidecar
from tests.versions.conftest import FAST

pytestmark = pytest.mark.parametrize("cluster", ["direct"], indirect=True)


def seen(cluster: Cluster, sidecar: Sidecar, workload: Workload) -> Seen:
    """Run a workload, and watch it."""
    until("an executor is known", lambda: sidecar.ok("panel/executors")["task_slots"], 90)
    query = cluster.query(f"import time\n{workload.cell}")
    try:
        seen = watch(sidecar, lambda: query.poll() is None, workload.must)
        assert (query.returncode != 0) == workload.fails
        return seen
    finally:
        end(query)


@pytest.mark.parametrize("workload", SHORT, ids=lambda workload: workload.name)
def test_what_must_be_found_is_found_and_nothing_else(
    cluster: Cluster, start_sidecar: Callable[..., Sidecar], workload: Workload
) -> None:
    sidecar = start_sidecar(SPARK_MASTER_UI_URL=cluster.told["master_ui"], **FAST)
    found = seen(cluster, sidecar, workload)
    assert workload.must <= found.findings.keys(), found.findings
    assert found.findings.keys() <= workload.must | workload.may, found.findings
    for finding in found.findings.values():
        assert finding["meaning"] and finding["advice"] and finding["numbers"], finding
    if workload.name == "hot key":
        skew = found.findings["data_skew"]
        assert skew["numbers"]["max_bytes"] > 3 * skew["numbers"]["median_bytes"]
        assert skew["code"].startswith('df.groupBy("k").count()'), skew
    if workload.name == "waiting in Python":
        assert "Python" in found.findings["off_cpu"]["meaning"]
