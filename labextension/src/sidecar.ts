/** What a request to the sidecar carries to show Jupyter that it comes from Jupyter's own page. */
import type { ServerConnection } from '@jupyterlab/services';
import type { OwnHeaders } from 'berdl-spark-monitor-ui';

/** Jupyter's token, if the page has one, and the `_xsrf` cookie as `X-XSRFToken`: as JupyterLab's `ServerConnection` does. */
export function ownHeaders({ token }: ServerConnection.ISettings): OwnHeaders {
  return () => {
    const headers = new Headers({ Accept: 'application/json' });
    // Read each time, because Jupyter sets it anew after a login. Of several, JupyterLab takes the last.
    const xsrf = [...document.cookie.matchAll(/\b_xsrf=([^;]*)/g)].pop();
    if (xsrf) {
      headers.set('X-XSRFToken', xsrf[1]);
    }
    if (token) {
      headers.set('Authorization', `token ${token}`);
    }
    return headers;
  };
}
