// Requests per minute: the page's to the sidecar, and the sidecar's to master and driver.
import { Wire } from './wire.mjs';

/** @typedef {import('./fault-proxy.mjs').FaultProxy} FaultProxy */
/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

const MINUTE_MS = 60_000;
/** The routes that the page polls, then the views of its snapshots; `query` while a query is expanded. */
const ROUTES = ['panel/chip', 'snapshot', 'cluster', 'history', 'executors', 'stages', 'queries', 'findings', 'query'];
const OF_APPLICATION = /^\/api\/v1\/applications\/[^/]+\/?/;
/** The requests that look for the driver: its own entry, the master's proxy and page. */
const WAY = 'way to the driver';

/** How many requests of one kind there were, and their results: each status, or `broken`. */
export class Count {
  constructor() {
    this.asked = 0;
    this.bytes = 0;
    /** @type {Map<string, number>} */
    this.ended = new Map();
  }

  /** @param {string} end @param {number} bytes */
  add(end, bytes) {
    this.asked += 1;
    this.bytes += bytes;
    this.ended.set(end, (this.ended.get(end) ?? 0) + 1);
  }
}

export class Traffic {
  /** @param {number} milliseconds How long it was watched. */
  constructor(milliseconds) {
    this.milliseconds = milliseconds;
    /** The page's requests by route. @type {Map<string, Count>} */
    this.routes = new Map();
    /** The views of its snapshots. @type {Map<string, Count>} */
    this.views = new Map();
    /** The sidecar's calls by kind. @type {Map<string, Count>} */
    this.calls = new Map();
  }

  /** @param {LabPage} lab @param {{master: FaultProxy, driver: FaultProxy}} upstream */
  async watch(lab, { master, driver }) {
    const wire = await Wire.listen(lab.page);
    master.asked = [];
    driver.asked = [];
    await lab.page.waitForTimeout(this.milliseconds);
    for (const { route, views = [], state, status, askedBytes = 0, answeredBytes = 0 } of wire.exchanges.values()) {
      if (route !== undefined) {
        const end = state === 'answered' ? String(status) : state;
        count(this.routes, route).add(end, askedBytes + answeredBytes);
        views.forEach(view => count(this.views, view).add('', 0));
      }
    }
    master.asked.forEach(url => count(this.calls, nameOfMasterCall(url)).add('', 0));
    driver.asked.forEach(url => count(this.calls, nameOfDriverCall(url)).add('', 0));
  }

  /** @param {number} number */
  perMinute(number) {
    return (number * MINUTE_MS) / this.milliseconds;
  }

  /** Of the page. */
  get bytesPerMinute() {
    return this.perMinute([...this.routes.values()].reduce((sum, { bytes }) => sum + bytes, 0));
  }
}

/** Routes and views in the panel's order, then any others. @param {Traffic[]} traffics */
export function routesOf(traffics) {
  const seen = new Set(traffics.flatMap(({ routes, views }) => [...routes.keys(), ...views.keys()]));
  return [...ROUTES.filter(route => seen.has(route)), ...[...seen].filter(route => !ROUTES.includes(route)).sort()];
}

/** @param {Traffic[]} traffics */
export function callsOf(traffics) {
  return [...new Set(traffics.flatMap(({ calls }) => [...calls.keys()]))].sort();
}

/** @param {Map<string, Count>} counts @param {string} name */
function count(counts, name) {
  const found = counts.get(name) ?? new Count();
  counts.set(name, found);
  return found;
}

/** @param {string} url */
function nameOfMasterCall(url) {
  return url.startsWith('/json') ? 'json' : WAY;
}

/** @param {string} url */
function nameOfDriverCall(url) {
  const [path = '', query] = url.split('?');
  const part = path.replace(OF_APPLICATION, '');
  if (part === '' || part === path) {
    return WAY;
  }
  // The chip's own, shorter list of stages.
  return query === 'status=active' ? `${part}?${query}` : part.replaceAll(/\d+/g, 'N');
}
