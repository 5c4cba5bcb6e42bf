"""Each version of Spark with its sidecar; what was found is written into a table."""

from collections.abc import Iterator

import pytest

from tests.truth.table import Table
from tests.versions.conftest import Site

VERSIONS = ["4.3.0", "4.1.4", "4.0.5", "3.5.9"]


@pytest.fixture(scope="module", params=VERSIONS)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Give one version."""
    site = Site(request.param)
    yield site
    site.end()


@pytest.fixture(scope="module")
def table(site: Site) -> Iterator[Table]:
    """Give the table of this version; it is written in the end."""
    table = Table(site.version)
    yield table
    table.write()
