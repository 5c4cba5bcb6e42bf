"""The handler of our routes: jupyter-server-proxy's own, behind the checks that Jupyter makes for its own API."""

from asyncio import Future

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server_proxy.handlers import ProxyHandler, SuperviseAndProxyHandler
from tornado import web

from berdl_spark_monitor.socket_path import make_socket_path


class JupyterChecks(JupyterHandler):
    """What Jupyter answers for our routes itself is sandboxed, as the sidecar's answers are."""

    @property
    def content_security_policy(self) -> str:
        """Jupyter's policy, or the site's, and `sandbox`: another page that opens the route cannot read it."""
        return f"{super().content_security_policy}; sandbox"

    def flush(self, include_footers: bool = False) -> Future[None]:
        """Add the policy to answers from which jupyter-server-proxy has taken all of Jupyter's headers."""
        if "Content-Security-Policy" not in self._headers:
            self.set_header("Content-Security-Policy", self.content_security_policy)
        return super().flush(include_footers)


class SidecarChecks(JupyterChecks):
    """What jupyter-server-proxy leaves to the proxied program, and a sidecar cannot check."""

    _refused: web.HTTPError | None = None

    async def prepare(self) -> None:
        """Refuse another site's requests as Jupyter's own API does."""
        await super().prepare()
        if not self._finished and not self.check_origin():
            raise web.HTTPError(404)

    def check_xsrf_cookie(self) -> None:
        """Call past jupyter-server-proxy's empty check to Jupyter's, which JupyterHub replaces by its signed one."""
        try:
            # For reads JupyterHub calls this while it looks for the user.
            super(ProxyHandler, self).check_xsrf_cookie()
        except web.HTTPError as error:
            self._refused = error
            raise

    def get_login_url(self) -> str:
        """Refuse what failed the check: it is signed in, so the login page would send it back here, over and over."""
        if self._refused is not None:
            raise self._refused
        return super().get_login_url()

    @property
    def unix_socket(self) -> str:
        """The socket of the sidecar: the same one for all requests."""
        if "unix_socket" not in self.state:
            self.state["unix_socket"] = make_socket_path()
        return self.state["unix_socket"]

    def proxy_request_options(self) -> dict[str, object]:
        """Leave it to the sidecar which methods may come with or without a body; Tornado's client refuses some."""
        return super().proxy_request_options() | {"allow_nonstandard_methods": True}


def guarded(handler: type[JupyterHandler]) -> type[JupyterHandler]:
    """Put Jupyter's checks before a handler that jupyter-server-proxy has made."""
    checks = SidecarChecks if issubclass(handler, SuperviseAndProxyHandler) else JupyterChecks
    return type(f"Guarded{handler.__name__}", (checks, handler), {})
