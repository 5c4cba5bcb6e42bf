// The requests that a page sends to the sidecar, counted.
import { routeOf } from './routes.mjs';

export class Requests {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    /** In the order of the requests. @type {{route: string, views: string[], at: number}[]} */
    this.seen = [];
    page.on('request', request => {
      const asked = routeOf(request.url());
      if (asked !== null) {
        this.seen.push({ ...asked, at: Date.now() });
      }
    });
  }

  /** Forgets what was seen. */
  clear() {
    this.seen = [];
  }

  /**
   * How many times a route was requested, or a view of a snapshot.
   *
   * @param {string} name
   */
  count(name) {
    return this.of(name).length;
  }

  /** @param {string} name */
  of(name) {
    return this.seen.filter(({ route, views }) => route === name || views.includes(name));
  }

  /** The different routes, sorted. */
  routes() {
    return [...new Set(this.seen.map(request => request.route))].sort();
  }
}
