// Waiting for something to become true, with a deadline.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `ask` until it returns something other than false, null or undefined.
 *
 * @template T
 * @param {string} what What is waited for, as a sentence's end.
 * @param {() => T | Promise<T>} ask
 * @param {{within?: number, every?: number}} [options] Milliseconds.
 * @returns {Promise<NonNullable<Exclude<T, false>>>}
 */
export async function until(what, ask, { within = 30_000, every = 50 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) {
      return /** @type {NonNullable<Exclude<T, false>>} */ (answer);
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${within} ms in vain for ${what}`);
    }
    await sleep(every);
  }
}

/**
 * Waits until `look` returns one of `wanted`; on failure reports what was seen instead.
 *
 * @param {string} wanted
 * @param {() => Promise<string>} look
 * @param {number} [within] Milliseconds.
 */
export async function untilText(wanted, look, within = 30_000) {
  let seen = '';
  try {
    await until(wanted, async () => (seen = await look()) === wanted, { within });
  } catch {
    throw new Error(`waited ${within} ms for “${wanted}”, saw “${seen}”`);
  }
}
