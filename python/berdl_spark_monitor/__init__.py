"""Lets Jupyter Server start the Spark monitor's sidecar and proxy to it."""

from berdl_spark_monitor.extension import _jupyter_server_extension_points, _load_jupyter_server_extension

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]
