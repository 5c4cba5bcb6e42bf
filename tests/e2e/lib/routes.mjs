// The sidecar's routes in a page's requests.

const ROUTE = /\/berdl\/api\/spark-monitor\/([^?]*)/;

/**
 * The route of a request, and the views of a snapshot; null if it is not for the sidecar.
 *
 * @param {string} url
 * @returns {{route: string, views: string[]} | null}
 */
export function routeOf(url) {
  const { pathname, searchParams } = new URL(url);
  const route = ROUTE.exec(pathname)?.[1];
  if (route === undefined) {
    return null;
  }
  const views = (searchParams.get('views') ?? '').split(',').filter(view => view !== '');
  return { route, views: searchParams.has('query') ? [...views, 'query'] : views };
}
