"""Each version of Spark with its sidecars; what was found is written into a table."""

import os
from collections.abc import Iterator

import pytest

from tests.spark.conftest import Sidecar
from tests.truth.rest import Spark
from tests.truth.table import Table
from tests.truth.watch import Watch
from tests.versions.conftest import FAST, Site

VERSIONS = ["4.3.0", "4.1.4", "4.0.5", "3.5.9"]
#: After this pause the sidecar's lists are new, seconds: with short lifetimes, and with the default ones.
SHORT_LIFETIME = 0.4
DEFAULT_LIFETIME = 5.2


class Truth:
    """One version of Spark, the program under test and, if `SPARK_MONITOR_BEFORE` names it, an older one."""

    def __init__(self, version: str) -> None:
        """Start Spark and the sidecars with short lifetimes."""
        self.site = Site(version)
        self.table = Table(version)
        self.sidecars: list[Sidecar] = []
        self.fast = {"now": self.site.sidecar} | self.older(FAST)

    def older(self, variables: dict[str, str]) -> dict[str, Sidecar]:
        """Start the older program, if there is one."""
        program = os.environ.get("SPARK_MONITOR_BEFORE")
        return {"before": self.start(variables, program)} if program else {}

    def start(self, variables: dict[str, str], program: str | None = None) -> Sidecar:
        """Start a sidecar."""
        told = self.site.cluster.told
        self.sidecars.append(Sidecar(program, SPARK_MASTER_UI_URL=told["master_ui"], **variables))
        return self.sidecars[-1]

    def spark(self) -> Spark:
        """Find the first notebook's driver."""
        told, notebook = self.site.cluster.told, self.site.first
        return Spark(told["master_ui"], told["driver_ui"] or notebook.ask("spark.sparkContext.uiWebUrl"))

    def watch(self, *, defaults: bool = False) -> Watch:
        """Begin to watch a workload of the first notebook."""
        if defaults:
            return Watch(self.spark(), {"now": self.start({})} | self.older({}), DEFAULT_LIFETIME)
        return Watch(self.spark(), self.fast, SHORT_LIFETIME)

    def end(self) -> None:
        """End everything."""
        for sidecar in self.sidecars:
            sidecar.end()
        self.site.end()


@pytest.fixture(scope="session", params=VERSIONS)
def truth(request: pytest.FixtureRequest) -> Iterator[Truth]:
    """Return one version."""
    truth = Truth(request.param)
    yield truth
    truth.end()
