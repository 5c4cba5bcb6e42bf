"""The baseline: a Jupyter Server extension that passes requests through to Spark with Tornado and httpx."""

import os

import httpx
from jupyter_server.base.handlers import APIHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado.web import authenticated


def _load_jupyter_server_extension(server: ServerApp) -> None:
    client, spark, app = httpx.AsyncClient(), os.environ["SPARK_MASTER_UI_URL"], os.environ["BASELINE_APP"]
    upstream = {
        "cluster": f"{spark}/json/",
        "executors": f"{spark}/api/v1/applications/{app}/executors",
        "stages": f"{spark}/api/v1/applications/{app}/stages",
    }

    class PassThrough(APIHandler):
        @authenticated
        async def get(self, name: str) -> None:
            answer = await client.get(upstream[name])
            self.set_header("Content-Type", "application/json")
            self.finish(answer.content)

    route = url_path_join(server.web_app.settings["base_url"], "baseline", "(cluster|executors|stages)")
    server.web_app.add_handlers(".*$", [(route, PassThrough)])
