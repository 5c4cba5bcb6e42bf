// The traffic between a page and the sidecar, seen below the browser's cache.
import { routeOf } from './routes.mjs';

/**
 * @typedef {object} Exchange
 * @property {string} [route] None until the request event arrives: its pieces come in any order.
 * @property {string[]} [views] Of a snapshot.
 * @property {string} [asked] The request's `If-None-Match`.
 * @property {string} [etag] The answer's `ETag`.
 * @property {number} [status] As sent: the page sees 200 for an answer that the browser already had.
 * @property {number} [askedBytes] Of the request's headers.
 * @property {number} [answeredBytes] Of the answer, headers included.
 * @property {'flying' | 'answered' | 'failed' | 'aborted'} state
 */

export class Wire {
  /** @param {import('playwright-core').CDPSession} devtools */
  constructor(devtools) {
    /** In the order of the requests. @type {Map<string, Exchange>} */
    this.exchanges = new Map();
    devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
      const asked = routeOf(request.url);
      if (asked !== null) {
        this.tell(requestId, asked);
      }
    });
    devtools.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => {
      // Colon, space and line end of each header.
      const askedBytes = Object.entries(headers).reduce((bytes, [name, value]) => bytes + name.length + value.length + 4, 0);
      this.tell(requestId, { asked: header(headers, 'if-none-match'), askedBytes });
    });
    devtools.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode, headers }) => {
      this.tell(requestId, { status: statusCode, etag: header(headers, 'etag') });
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      this.tell(requestId, { state: 'answered', answeredBytes: encodedDataLength });
    });
    devtools.on('Network.loadingFailed', ({ requestId, canceled }) => {
      this.tell(requestId, { state: canceled ? 'aborted' : 'failed' });
    });
  }

  /** @param {import('playwright-core').Page} page */
  static async listen(page) {
    const devtools = await page.context().newCDPSession(page);
    const wire = new Wire(devtools);
    await devtools.send('Network.enable');
    return wire;
  }

  /** Forgets all exchanges. */
  clear() {
    this.exchanges.clear();
  }

  /** The exchanges of a route, or of a view in a snapshot. @param {string} name @param {Exchange['state']} [state] */
  of(name, state) {
    const named = (/** @type {Exchange} */ { route, views = [] }) => route === name || views.includes(name);
    return [...this.exchanges.values()].filter(exchange => named(exchange) && (!state || exchange.state === state));
  }

  /** @private @param {string} requestId @param {Partial<Exchange>} news */
  tell(requestId, news) {
    this.exchanges.set(requestId, { state: 'flying', ...this.exchanges.get(requestId), ...news });
  }
}

/** @param {Record<string, string>} headers @param {string} wanted */
function header(headers, wanted) {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
