"""The handler of our routes: jupyter-server-proxy's handler behind the checks of Jupyter's own API."""

from asyncio import Future

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server_proxy.handlers import ProxyHandler, SuperviseAndProxyHandler
from tornado import web

from berdl_spark_monitor.socket_path import make_socket_path


class JupyterChecks(JupyterHandler):
    """Sandboxes Jupyter's own answers for our routes; the sidecar does the same with its answers."""

    @property
    def content_security_policy(self) -> str:
        """Jupyter's policy, or the site's, plus `sandbox`, so that a page that opens the route cannot read it."""
        return f"{super().content_security_policy}; sandbox"

    def flush(self, include_footers: bool = False) -> Future[None]:
        """Add the policy to answers from which jupyter-server-proxy has removed Jupyter's headers."""
        if "Content-Security-Policy" not in self._headers:
            self.set_header("Content-Security-Policy", self.content_security_policy)
        return super().flush(include_footers)


class SidecarChecks(JupyterChecks):
    """Checks that jupyter-server-proxy leaves to the proxied program, but that the sidecar cannot make."""

    _refused: web.HTTPError | None = None

    async def prepare(self) -> None:
        """Refuse requests from other sites, as Jupyter's own API does."""
        await super().prepare()
        if not self._finished and not self.check_origin():
            raise web.HTTPError(404)

    def check_xsrf_cookie(self) -> None:
        """Call Jupyter's check, not jupyter-server-proxy's empty one; JupyterHub replaces it by a signed check."""
        try:
            # For reads, JupyterHub calls this while it looks up the user.
            super(ProxyHandler, self).check_xsrf_cookie()
        except web.HTTPError as error:
            self._refused = error
            raise

    def get_login_url(self) -> str:
        """Refuse a request that failed the check. It is signed in: the login page would redirect it back for ever."""
        if self._refused is not None:
            raise self._refused
        return super().get_login_url()

    @property
    def unix_socket(self) -> str:
        """The sidecar's socket, the same one for all requests."""
        if "unix_socket" not in self.state:
            self.state["unix_socket"] = make_socket_path()
        return self.state["unix_socket"]

    def proxy_request_options(self) -> dict[str, object]:
        """Let the sidecar decide which methods may have a body, because Tornado's client would refuse some."""
        return super().proxy_request_options() | {"allow_nonstandard_methods": True}


def guarded(handler: type[JupyterHandler]) -> type[JupyterHandler]:
    """Put Jupyter's checks before a handler of jupyter-server-proxy."""
    checks = SidecarChecks if issubclass(handler, SuperviseAndProxyHandler) else JupyterChecks
    return type(f"Guarded{handler.__name__}", (checks, handler), {})
