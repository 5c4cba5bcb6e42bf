"""What happens to a cluster while a workload runs."""

from tests.spark.conftest import java
from tests.truth.watch import Watch
from tests.versions.conftest import Site

DRIVER = "org.apache.spark.deploy.SparkSubmit"


def kill_executor_while_it_reads(site: Site, watch: Watch) -> bool:
    """Kill the executor once a few tasks have read what others wrote; tell whether that was done."""
    active = watch.panel.get("stages", {}).get("active", [])
    if not any(stage.get("shuffle_read_bytes") and stage["tasks"]["done"] >= 3 for stage in active):
        return False
    site.cluster.kill_executor()
    return True


def kill_driver(site: Site) -> None:
    """Kill the JVM of the first notebook's driver."""
    pid = site.cluster.told["pids"]["connect"] if site.is_connect else site.first.manager.provisioner.pid
    java(pid, DRIVER).kill()
