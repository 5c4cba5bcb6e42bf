"""The network policies of docs/kubernetes.md, put into force between real network namespaces with a real Spark.

Each pod is a network namespace on one bridge. The rules of its policies become rules of nftables in it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyspark
import pytest
import yaml

from tests.conftest import end, sidecar_executable, unset_environment, until
from tests.spark.conftest import Sidecar

DOCUMENT = (Path(__file__).parents[2] / "docs/kubernetes.md").read_text()
CHART, POLICY = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)]
SPARK_HOME = Path(pyspark.__file__).parent
MASTER_UI, DRIVER_UI, CONNECT, MASTER = 8090, 4040, 15002, 7077


def run(*command: str, rules: str | None = None) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True, input=rules, text=True)


@dataclass
class Pod:
    """A network namespace, and what policies know of it."""

    name: str
    address: str
    namespace: str
    labels: dict[str, str]

    @property
    def net(self) -> str:
        """Return the name of its network namespace."""
        return f"{os.getpid()}-{self.name}"

    def command(self, *command: str) -> list[str]:
        """Return a command that runs in it."""
        return ["ip", "netns", "exec", self.net, *command]

    def reaches(self, other: "Pod", port: int) -> bool:
        """Tell whether a connection is accepted."""
        code = f"import socket; socket.create_connection(({other.address!r}, {port}), 2).close()"
        return subprocess.run(self.command(sys.executable, "-c", code), capture_output=True).returncode == 0

    def is_meant(self, peer: dict[str, Any], namespace: str) -> bool:
        """Tell whether a peer of a policy in `namespace` selects it."""
        assert peer.keys() <= {"namespaceSelector", "podSelector"}, peer
        wanted = peer.get("namespaceSelector", {"matchLabels": {"kubernetes.io/metadata.name": namespace}})
        of_pod = peer.get("podSelector", {}).get("matchLabels", {})
        return wanted["matchLabels"] == {"kubernetes.io/metadata.name": self.namespace} and (
            of_pod.items() <= self.labels.items()
        )


SPARK = Pod("spark", "10.99.0.10", "spark", {"spark-user": "ann"})
ANN = Pod("ann", "10.99.0.11", "jupyterhub", {"hub.jupyter.org/username": "ann"})
BOB = Pod("bob", "10.99.0.12", "jupyterhub", {"hub.jupyter.org/username": "bob"})
# A pod of ann's that no policy keeps from calling, and one of which no policy keeps anybody out.
FREE = Pod("free", "10.99.0.13", "jupyterhub", {"hub.jupyter.org/username": "ann"})
OPEN = Pod("open", "10.99.0.14", "elsewhere", {})
PODS = [SPARK, ANN, BOB, FREE, OPEN]


def rules(direction: str, of_policy: list[dict[str, Any]], namespace: str) -> str:
    """Return rules that let through what a policy lists, and nothing else."""
    hook, peers, address = ("input", "from", "saddr") if direction == "Ingress" else ("output", "to", "daddr")
    lines = ["iif lo accept" if hook == "input" else "oif lo accept", "ct state established,related accept"]
    for rule in of_policy:
        ports = ", ".join(f"{port['port']}-{port.get('endPort', port['port'])}" for port in rule.get("ports", []))
        for pod in PODS:
            if any(pod.is_meant(peer, namespace) for peer in rule[peers]):
                lines.append(f"ip {address} {pod.address} {f'tcp dport {{ {ports} }} ' if ports else ''}accept")
    begin = f"type filter hook {hook} priority 0; policy drop;"
    return "\n".join([f"table inet {hook} {{", "chain c {", begin, *lines, "}", "}", ""])


@pytest.fixture(scope="module")
def pods() -> Iterator[None]:
    """Connect the pods, and put the policies into force."""
    if os.geteuid() != 0:
        pytest.fail("network namespaces need root")
    switch = f"{os.getpid()}-switch"
    try:
        run("ip", "netns", "add", switch)
        run("ip", "-n", switch, "link", "add", "bridge", "type", "bridge")
        run("ip", "-n", switch, "link", "set", "bridge", "up")
        for pod in PODS:
            run("ip", "netns", "add", pod.net)
            pair = ["type", "veth", "peer", "name", "eth0", "netns", pod.net]
            run("ip", "-n", switch, "link", "add", pod.name, *pair)
            run("ip", "-n", switch, "link", "set", pod.name, "master", "bridge", "up")
            run("ip", "-n", pod.net, "address", "add", f"{pod.address}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                run("ip", "-n", pod.net, "link", "set", device, "up")
        selected = {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": POLICY["metadata"]["namespace"]}}
        }
        selected["podSelector"] = POLICY["spec"]["podSelector"]
        assert [pod for pod in PODS if pod.is_meant(selected, "")] == [SPARK]
        run(*SPARK.command("nft", "-f", "-"), rules=rules("Ingress", POLICY["spec"]["ingress"], "spark"))
        egress = CHART["singleuser"]["networkPolicy"]["egress"]
        for pod in (ANN, BOB):
            run(*pod.command("nft", "-f", "-"), rules=rules("Egress", egress, "jupyterhub"))
        yield
    finally:
        for net in [switch, *(pod.net for pod in PODS)]:
            subprocess.run(["ip", "netns", "delete", net], capture_output=True)


@pytest.fixture(scope="module")
def spark(pods: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run a master, a worker and a Spark Connect server in the pod of Spark."""
    folder = tmp_path_factory.mktemp("spark")
    environment = unset_environment() | {
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_LOCAL_IP": SPARK.address,
        "PYSPARK_PYTHON": sys.executable,
    }
    processes: list[subprocess.Popen[str]] = []

    def start(name: str, program: str, *arguments: str) -> None:
        command = SPARK.command(str(SPARK_HOME / "bin" / program), *arguments)
        with (folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log, text=True)
        processes.append(process)

    deploy, master = "org.apache.spark.deploy", f"spark://{SPARK.address}:{MASTER}"
    connect = ["spark.driver.host=" + SPARK.address, f"spark.ui.port={DRIVER_UI}", "spark.executor.memory=512m"]
    connect += [f"spark.connect.grpc.binding.port={CONNECT}", f"spark.connect.grpc.binding.address={SPARK.address}"]
    conf = [word for setting in connect for word in ("--conf", setting)]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    try:
        ports = ["--host", SPARK.address, "--port", str(MASTER), "--webui-port", str(MASTER_UI)]
        start("master", "spark-class", f"{deploy}.master.Master", *ports)
        until("the master listens", lambda: SPARK.reaches(SPARK, MASTER), 120)
        resources = ["-c", "2", "-m", "2g", "--host", SPARK.address, "--webui-port", "0", "-d", str(folder / "work")]
        start("worker", "spark-class", f"{deploy}.worker.Worker", *resources, master)
        start("connect", "spark-submit", "--class", server, "--master", master, *conf)
        for port in (DRIVER_UI, CONNECT):
            until(f"port {port} listens", lambda port=port: SPARK.reaches(SPARK, port), 120)
        yield
    finally:
        for process in reversed(processes):
            end(process)


def test_only_the_owners_pod_reaches_only_the_ports_that_the_sidecar_needs(spark: None) -> None:
    needed = {MASTER_UI, DRIVER_UI, CONNECT}
    told = subprocess.run(SPARK.command("ss", "-Hltn"), capture_output=True, text=True, check=True).stdout
    listening = {int(line.split()[3].rpartition(":")[2]) for line in told.splitlines()}
    assert needed | {MASTER} <= listening
    assert all(SPARK.reaches(SPARK, port) for port in needed)
    for pod in (ANN, FREE):
        assert {port for port in listening if pod.reaches(SPARK, port)} == needed, pod.name
    assert not any(BOB.reaches(SPARK, port) for port in listening)


def test_nothing_else_is_let_out(pods: None, processes: list[subprocess.Popen[str]]) -> None:
    code = f"import socket, time; s = socket.create_server(({OPEN.address!r}, {MASTER_UI})); time.sleep(600)"
    processes.append(subprocess.Popen(OPEN.command(sys.executable, "-c", code), text=True))
    until("it listens", lambda: FREE.reaches(OPEN, MASTER_UI))
    assert not ANN.reaches(OPEN, MASTER_UI)


def test_with_both_policies_the_sidecar_sees_the_cluster_and_asks_spark_connect(spark: None) -> None:
    connect = f"sc://{SPARK.address}:{CONNECT}"
    sidecar = Sidecar(
        inside=ANN.command(),
        SPARK_MASTER_UI_URL=f"http://{SPARK.address}:{MASTER_UI}",
        SPARK_CONNECT_URL=connect,
    )
    try:
        until("the chip says ready", lambda: sidecar.ok("panel/chip")["state"] == "ready")
        executors = until("an executor", lambda: sidecar.get("panel/executors")[1].get("executors"), 120)
        assert executors[0]["host"].startswith(SPARK.address), executors
    finally:
        sidecar.end()
    asked = ANN.command(sidecar_executable(), "sql", "--url", connect, "--format", "csv", "SELECT 41 + 1 AS sum")
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    assert answer.stdout.split() == ["sum", "42"], answer
