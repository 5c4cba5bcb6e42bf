/** Requests to the sidecar, sent as JupyterLab sends its own. */
import { ServerConnection } from '@jupyterlab/services';
import type { Fetch } from 'berdl-spark-monitor-ui';

/** Adds what Jupyter wants to see of its own page: its token, if it has one, and the `_xsrf` cookie as `X-XSRFToken`. */
export function fetchFrom(settings: ServerConnection.ISettings): Fetch {
  return (url, max_age_s, signal) => {
    const init: RequestInit = {
      // The browser keeps the ETag, asks with If-None-Match, and hands us its copy after a 304: because the answer says
      // `no-cache`, or because we do. In the latter mode it writes `max-age=0` over what we say.
      cache: max_age_s === 0 ? 'no-cache' : 'default',
      headers: {
        Accept: 'application/json',
        ...(max_age_s === 0 ? {} : { 'Cache-Control': `max-age=${max_age_s}` })
      },
      // Jupyter redirects to its login page. Followed, that is cross-origin under JupyterHub and looks like a dead network.
      redirect: 'manual',
      signal
    };
    return ServerConnection.makeRequest(url, init, settings);
  };
}
