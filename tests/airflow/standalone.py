"""A whole Airflow: API, scheduler and DAG processor, with a Git bundle and a folder."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from tests.airflow.notebooks import export
from tests.conftest import end, executable, free_port, until

ROOT = Path(__file__).parents[2]
USERS = {"ann": "user", "viv": "viewer"}
"""Airflow's simple users, and their roles; each has the password `{name}-password`."""


class Standalone:
    """`airflow standalone` on free ports."""

    def __init__(self, folder: Path, connect_url: str) -> None:
        """Start it and wait until it is healthy."""
        self.folder, self.workflows, self.work = folder, folder / "workflows", folder / "work"
        self.workflows.mkdir(parents=True)
        self.remote = folder / "remote.git"
        self.git("init", "--quiet", "--bare", "-b", "main", str(self.remote), at=folder)
        self.git("clone", "--quiet", str(self.remote), str(self.work), at=folder)
        (self.work / "README").write_text("jobs")
        self.push()
        python = Path(executable("AIRFLOW_PYTHON", ROOT / "target/dev/airflow/bin/python"))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        with (folder / "airflow.log").open("w") as log:
            self.process = subprocess.Popen(
                [str(python), "-m", "airflow", "standalone"],
                env=self.environment(python, port, connect_url),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=folder,
                start_new_session=True,
            )
        try:
            until("Airflow is healthy", self.is_healthy, 400)
        except BaseException:
            self.end()
            raise

    def environment(self, python: Path, port: int, connect_url: str) -> dict[str, str]:
        """Return Airflow's settings."""
        host, spark_port = connect_url.rsplit(":", 1)
        (self.folder / "passwords.json").write_text(json.dumps({name: f"{name}-password" for name in USERS}))
        git = {"repo_url": f"file://{self.remote}", "tracking_ref": "main", "refresh_interval": 5}
        local = {"path": str(self.workflows), "refresh_interval": 5}
        bundles = [
            {"name": "git", "classpath": "airflow.providers.git.bundles.git.GitDagBundle", "kwargs": git},
            {"name": "folder", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": local},
        ]
        own = {
            "PATH": f"{python.parent}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(self.folder / "home"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.folder / "passwords.json"),
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self.folder / "bundles"),
            "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "2",
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
            "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(
                {"conn_type": "spark_connect", "host": host, "port": int(spark_port)}
            ),
        }
        return {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ} | own

    def is_healthy(self) -> bool:
        """Return whether all parts are up."""
        try:
            with urllib.request.urlopen(f"{self.url}/api/v2/monitor/health", timeout=10) as answer:
                health = json.load(answer)
        except OSError:
            return False
        return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Run git in the work tree."""
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=at or self.work, check=True, capture_output=True, text=True).stdout.strip()

    def push(self) -> str:
        """Commit and push all files; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "A job")
        self.git("push", "--quiet", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def ask(self, asked: dict[str, Any]) -> Any:
        """Let the sidecar's own code do something with this Airflow, and return its answer."""
        path = self.folder / "asked.json"
        path.write_text(json.dumps(asked))
        test = "export::airflow::real::a_job_is_followed_in_a_real_airflow"
        cargo = ["cargo", "test", "-q", "--locked", "-p", "berdl-spark-monitor", "--features", "long-tests", "--lib"]
        environment = os.environ | {"AIRFLOW_ASKED": str(path)}
        done = subprocess.run(
            [*cargo, "--", "--exact", test], cwd=ROOT, env=environment, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads((self.folder / "answer.json").read_text())

    def api(self, user: str = "ann", password: str | None = None) -> dict[str, str]:
        """Return how to sign in."""
        return {"url": self.url, "user": user, "password": password or f"{user}-password"}

    def commit(self, cells: list[str], name: str) -> str:
        """Export a notebook and push it as one commit; return the commit."""
        self.made(cells, name)
        return self.push()

    def made(self, cells: list[str], name: str) -> Path:
        """Export a notebook into the work tree, with its mark."""
        folder = self.work / name
        export(cells, name, folder, "airflow-connect")
        self.ask({"do": "mark", "folder": str(folder)})
        return folder

    def follow(self, name: str, commit: str | None, **more: Any) -> dict[str, Any]:
        """Follow a job to its end."""
        asked = {
            "do": "follow",
            "api": self.api(),
            "dag_id": name,
            "folder": str((self.work if commit else self.workflows) / name),
            "path": name,
            "commit": commit,
            "run_name": f"monitor-{name}-{len(self.git('log', '--format=%h').split())}",
            "visibility_s": 300,
            "unpause": True,
            "conf": {},
            "acts": {},
        }
        return self.ask(asked | more)

    def log(self, name: str) -> str:
        """Return the logs of all of a workflow's runs."""
        logs = sorted((self.folder / "home/logs").glob(f"dag_id={name}/**/*.log"))
        return "".join(log.read_text() for log in logs)

    def end(self) -> None:
        """End it with all its children."""
        end(self.process)
