// The tests' environment variables, and the environment of the processes that they start.
import path from 'node:path';

/** Python with JupyterLab and the extension's wheel. */
export const PYTHON = process.env['PYTHON'] ?? 'python3';

/** Where screenshots go. */
export const OUT = path.resolve(process.env['OUT'] ?? path.join(import.meta.dirname, '../../../target/e2e'));

/** Personal settings on this machine must not influence a test. */
const FOREIGN = /^(MASTER$|SPARK|BERDL|KBASE|JUPYTER|JPY|PYTHON|NODE|IPYTHON|XDG_)|_proxy$/i;

/**
 * The environment without variables that concern Jupyter, Spark or the extension, plus `more`.
 *
 * @param {Record<string, string>} more
 * @returns {Record<string, string>}
 */
export function environment(more) {
  /** @type {Record<string, string>} */
  const clean = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !FOREIGN.test(name)) {
      clean[name] = value;
    }
  }
  const tools = path.isAbsolute(PYTHON) ? path.dirname(PYTHON) : '';
  return { ...clean, PATH: [tools, clean['PATH']].filter(Boolean).join(path.delimiter), ...more };
}
