"""What happens to a cluster while a workload runs."""

import psutil

from tests.truth.watch import Watch
from tests.versions.conftest import Site


def java(pid: int, main_class: str) -> psutil.Process:
    """Find a JVM among a process and what it started."""
    root = psutil.Process(pid)
    found = [each for each in (root, *root.children(recursive=True)) if main_class in " ".join(each.cmdline())]
    return found[-1]


def kill_executor_while_it_reads(site: Site, watch: Watch) -> bool:
    """Kill the executor once a few tasks have read what others wrote; tell whether that was done."""
    active = watch.panel.get("stages", {}).get("active", [])
    if not any(stage.get("shuffle_read_bytes") and stage["tasks"]["done"] >= 3 for stage in active):
        return False
    java(site.cluster.told["pids"]["worker"], "CoarseGrainedExecutorBackend").kill()
    return True


def kill_driver(site: Site) -> None:
    """Kill the JVM of the first notebook's driver."""
    if site.is_connect:
        java(site.cluster.told["pids"]["connect"], "SparkSubmit").kill()
    else:
        kernel = site.first.manager.provisioner
        java(kernel.pid, "SparkSubmit").kill()
