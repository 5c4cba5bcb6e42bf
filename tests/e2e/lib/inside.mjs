// How the panel handles answers, seen from inside the page: which it decodes, and how long it waits for the next.

/** The value of `Math.random` for the panel's jitter, 0 to 1. */
export const LOT = 0.25;

/** @typedef {{reads: Record<string, number>, waits: number[]}} Inside */

/** Watches everything that the page loads from now on. @param {import('playwright-core').Page} page */
export async function lookInside(page) {
  await page.addInitScript(lot => {
    /** @type {Inside} */
    const inside = { reads: {}, waits: [] };
    Object.assign(window, { inside });
    const isOurs = () => /wasm/.test(new Error().stack ?? '');

    // A decoded answer is read field by field.
    const json = Response.prototype.json;
    Response.prototype.json = async function () {
      const route = new URL(this.url).pathname.split('/spark-monitor/')[1] ?? '';
      const body = await json.call(this);
      if (route === 'snapshot') {
        for (const [view, { good }] of Object.entries(body)) {
          Object.assign(good ?? {}, { answer: counted(good?.answer ?? {}, view) });
        }
        return body;
      }
      return counted(body, route);
    };
    const counted = (/** @type {any} */ body, /** @type {string} */ name) =>
      new Proxy(body, {
        get(body, field) {
          // A promise checks whether its value is a promise, too.
          inside.reads[name] = (inside.reads[name] ?? 0) + (field === 'then' ? 0 : 1);
          return body[field];
        }
      });

    const start = window.setTimeout.bind(window);
    Object.assign(window, {
      setTimeout: (/** @type {TimerHandler} */ handler, /** @type {number} */ wait, /** @type {unknown[]} */ ...rest) => {
        // Yew yields to the browser with a wait of 0 ms when drawing takes long.
        if (wait > 0 && isOurs()) {
          inside.waits.push(wait);
        }
        return start(handler, wait, ...rest);
      }
    });

    const random = Math.random.bind(Math);
    Math.random = () => (isOurs() ? lot : random());
  }, LOT);
}

/** What was seen since the last reset. @param {import('playwright-core').Page} page @returns {Promise<Inside>} */
export function inside(page) {
  return page.evaluate(() => /** @type {any} */ (window).inside);
}

/** @param {import('playwright-core').Page} page */
export async function forget(page) {
  await page.evaluate(() => Object.assign(/** @type {any} */ (window).inside, { reads: {}, waits: [] }));
}
