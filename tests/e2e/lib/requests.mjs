// The requests that a page sends to the sidecar, counted.

const ROUTE = /\/berdl\/api\/spark-monitor\/([^?]*)/;

export class Requests {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    /** Routes in the order of the requests. @type {{route: string, at: number}[]} */
    this.seen = [];
    page.on('request', request => {
      const route = ROUTE.exec(new URL(request.url()).pathname)?.[1];
      if (route !== undefined) {
        this.seen.push({ route, at: Date.now() });
      }
    });
  }

  /** Forgets what was seen. */
  clear() {
    this.seen = [];
  }

  /**
   * How many times a route was requested.
   *
   * @param {string} route
   */
  count(route) {
    return this.seen.filter(request => request.route === route).length;
  }

  /** The different routes, sorted. */
  routes() {
    return [...new Set(this.seen.map(request => request.route))].sort();
  }
}
