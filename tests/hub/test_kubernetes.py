"""The blocks of docs/kubernetes.md against Kubernetes' schema, and its names against KubeSpawner's own code."""

import re
from pathlib import Path
from types import SimpleNamespace

import kubernetes_validate
import pytest
import yaml
from kubespawner import KubeSpawner

DOCUMENT = (Path(__file__).parents[2] / "docs/kubernetes.md").read_text()
POLICIES = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)]
NAMES = re.findall(r"^\| `(http\S+)` \| `(.+?)`", DOCUMENT, re.MULTILINE)


def as_made_by_the_chart(egress: list[object]) -> dict[str, object]:
    """Return the policy that Zero to JupyterHub makes of `singleuser.networkPolicy.egress`."""
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": egress}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "users"}, "spec": spec}


def test_the_policies_are_valid() -> None:
    values, policy = POLICIES
    for found in (as_made_by_the_chart(values["singleuser"]["networkPolicy"]["egress"]), policy):
        kubernetes_validate.validate(found, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize(("written", "arrives"), NAMES)
def test_kubespawner_fills_in_single_braces(written: str, arrives: str) -> None:
    # A real spawner wants a cluster as soon as it is made.
    user = SimpleNamespace(name="ann_b", id=1)
    spawner = SimpleNamespace(slug_scheme="safe", name="", user=user, _namespace_default=lambda: "hub")
    try:
        found = KubeSpawner._expand_user_properties(spawner, written)
    except KeyError as error:
        found = f"KeyError: {error}"
    assert found == arrives


def test_the_table_of_names_is_read() -> None:
    assert len(NAMES) == 4
