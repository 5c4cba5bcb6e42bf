/** The headers that show Jupyter that a request comes from its own page. */
import type { ServerConnection } from '@jupyterlab/services';
import type { OwnHeaders } from 'berdl-spark-monitor-ui';

/** Jupyter's token, if the page has one, and the `_xsrf` cookie as `X-XSRFToken`, as in JupyterLab's
 * `ServerConnection`. */
export function ownHeaders({ token }: ServerConnection.ISettings): OwnHeaders {
  return () => {
    const headers = new Headers({ Accept: 'application/json' });
    // Read each time, because Jupyter changes it at a login. If there are several, JupyterLab uses the last.
    const xsrf = [...document.cookie.matchAll(/\b_xsrf=([^;]*)/g)].pop()?.[1];
    if (xsrf) {
      headers.set('X-XSRFToken', xsrf);
    }
    if (token) {
      headers.set('Authorization', `token ${token}`);
    }
    return headers;
  };
}
