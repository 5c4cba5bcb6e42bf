"""The server extension: if there is something to watch, it mounts the sidecar's routes and enables the frontend."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Programs of this package that are no server need not wait for it.
    from jupyter_server.serverapp import ServerApp

ROUTES = "berdl/api/spark-monitor"
EXECUTABLE = "berdl-spark-monitor"

ENABLING = (
    "SPARK_CLUSTER_MANAGER_API_URL",
    "BERDL_JUPYTERHUB_NAMESPACE",
    "SPARK_MASTER_UI_URL",
    "SPARK_APP_UI_URL",
)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "berdl_spark_monitor"}]


def _load_jupyter_server_extension(server: "ServerApp") -> None:
    if not is_enabled(os.environ):
        server.log.info("Spark monitor: disabled, none of its variables is set (for example SPARK_MASTER_UI_URL)")
        return
    executable = find_executable()
    if executable is None:
        server.log.error("Spark monitor: the executable %s is missing; install the wheel again", EXECUTABLE)
        return
    server.web_app.add_handlers(".*$", make_handlers(server, executable))
    page_config = server.web_app.settings.setdefault("page_config_data", {})
    page_config["sparkMonitorEnabled"] = "true"
    if runs_sql(os.environ):
        page_config["sparkMonitorSql"] = "true"
    if exports(os.environ):
        page_config["sparkMonitorExport"] = "true"
    if checks(os.environ):
        page_config["sparkMonitorAssistant"] = "true"


def is_enabled(environment: "os._Environ[str] | dict[str, str]") -> bool:
    """Whether there is something to watch. An empty variable counts as unset."""
    return is_mock(environment) or checks(environment) or any(environment.get(name) for name in ENABLING)


def is_mock(environment: "os._Environ[str] | dict[str, str]") -> bool:
    """Whether recorded data is shown instead of a cluster."""
    return environment.get("SPARK_MONITOR_MOCK_MODE", "").strip().lower() in ("true", "1", "yes")


def runs_sql(environment: "os._Environ[str] | dict[str, str]") -> bool:
    """Whether the sidecar, which gets this environment, runs SQL. Otherwise the page shall offer none."""
    mode = environment.get("SPARK_MONITOR_SQL", "").strip().lower()
    return bool(environment.get("SPARK_CONNECT_URL")) and mode != "off" and not is_mock(environment)


def exports(environment: "os._Environ[str] | dict[str, str]") -> bool:
    """Whether the sidecar, which gets this environment, makes jobs of notebooks."""
    return environment.get("SPARK_MONITOR_EXPORT", "").strip().lower() != "off"


def checks(environment: "os._Environ[str] | dict[str, str]") -> bool:
    """Whether the sidecar, which gets this environment, checks programs."""
    return environment.get("SPARK_MONITOR_ASSISTANT", "").strip().lower() not in ("", "off")


def find_executable() -> str | None:
    """Find the sidecar that was installed with this package, else one in `PATH`."""
    installed = Path(sysconfig.get_path("scripts")) / EXECUTABLE
    return str(installed) if installed.is_file() else shutil.which(EXECUTABLE)


def make_handlers(server: "ServerApp", executable: str) -> list[tuple[object, ...]]:
    """Make handlers that start the sidecar at the first request and proxy to its Unix socket."""
    # This interface is not documented, so the dependency is pinned. The documented one, an entry point, cannot be
    # switched off when the extension is disabled.
    from jupyter_server_proxy.config import ServerProcess, make_handlers

    from berdl_spark_monitor.handler import guarded

    process = ServerProcess(
        name=ROUTES,
        command=[
            executable,
            "serve",
            # What runs notebooks and jobs, and where they begin.
            *("--spark-monitor-python", literally(sys.executable)),
            *("--spark-monitor-notebooks", literally(server.root_dir)),
            # A flag takes precedence over SPARK_MONITOR_LISTEN, so the environment cannot change the proxy's socket.
            *("--listen", "unix:{unix_socket}"),
        ],
        # Where the addresses of this server's kernels are, whatever its configuration says.
        environment={"JUPYTER_RUNTIME_DIR": literally(server.runtime_dir)},
        unix_socket=True,
        timeout=30,
        absolute_url=False,
        # Otherwise our polling would keep an idle server alive for ever.
        update_last_activity=False,
        launcher_entry={"enabled": False},
        new_browser_tab=False,
    )
    handlers = make_handlers(server.web_app.settings["base_url"], [process])
    return [(path, guarded(handler), *more) for path, handler, *more in handlers]


def literally(text: str) -> str:
    """Return a text in which jupyter-server-proxy shall replace nothing."""
    return text.replace("{", "{{").replace("}", "}}")
