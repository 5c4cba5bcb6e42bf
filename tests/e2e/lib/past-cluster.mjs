// A cluster's past, written into the database of a sidecar that runs: samples of two days, hours of a month, days of a year.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { PYTHON } from './environment.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Nothing is recorded for three hours of the last twelve. */
export const GAP_HOURS = [7, 4];

/** The sidecar has made the tables, and the component whose points these are. */
const WRITE = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=20)
row = database.execute("SELECT component_id FROM components WHERE kind = 'system' AND name = 'cluster'").fetchone()
for step, at, covered, values in json.load(sys.stdin):
    database.execute("INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?)", (row[0], step, at, covered, json.dumps(values)))
database.commit()
`;

/** @param {string} state The person's state folder. @param {number} now_ms */
export function writePast(state, now_ms) {
  const points = [...samples(now_ms), ...means(now_ms, HOUR_MS, 30 * 24), ...means(now_ms, DAY_MS, 300)];
  const database = path.join(state, 'berdl-spark-monitor/history.db');
  execFileSync(PYTHON, ['-c', WRITE, database], { input: JSON.stringify(points) });
}

/** @param {number} now_ms */
function samples(now_ms) {
  const minute_ms = Math.floor(now_ms / MINUTE_MS) * MINUTE_MS;
  const moments = Array.from({ length: 48 * 60 }, (_, minute) => minute_ms - (minute + 1) * MINUTE_MS);
  return moments.filter(at_ms => isRecorded(now_ms, at_ms)).map(at_ms => [0, at_ms, 0, sample(at_ms)]);
}

/** @param {number} now_ms @param {number} step_ms @param {number} count */
function means(now_ms, step_ms, count) {
  const first_ms = Math.floor(now_ms / step_ms) * step_ms;
  const moments = Array.from({ length: count }, (_, step) => first_ms - (step + 1) * step_ms);
  const recorded = moments.filter(at_ms => step_ms > HOUR_MS || isRecorded(now_ms, at_ms));
  return recorded.map(at_ms => {
    const inside = Array.from({ length: 12 }, (_, part) => sample(at_ms + (part * step_ms) / 12));
    const names = /** @type {(keyof ReturnType<typeof sample>)[]} */ (Object.keys(sample(at_ms)));
    const values = names.map(name => {
      const all = inside.map(values => values[name]);
      return [name, [all.reduce((sum, value) => sum + value, 0) / all.length, Math.min(...all), Math.max(...all), all.at(-1)]];
    });
    return [step_ms, at_ms, step_ms, Object.fromEntries(values)];
  });
}

/** @param {number} now_ms @param {number} at_ms */
function isRecorded(now_ms, at_ms) {
  const [from = 0, to = 0] = GAP_HOURS;
  return at_ms < now_ms - from * HOUR_MS || at_ms > now_ms - to * HOUR_MS;
}

/** Busy by day, with queries of some minutes; a fourth worker on five days of seven. @param {number} at_ms */
function sample(at_ms) {
  const [hour, minute] = [(at_ms / HOUR_MS) % 24, Math.floor(at_ms / MINUTE_MS)];
  const workers = Math.floor(at_ms / DAY_MS) % 7 < 5 ? 4 : 3;
  const day = 0.45 + 0.35 * Math.sin(((hour - 8) / 12) * Math.PI);
  const query = chance(Math.floor(minute / 23)) < day ? 0.4 + 0.6 * chance(Math.floor(minute / 9)) : 0;
  const cores_used = Math.round(workers * 16 * query);
  return {
    cores_used,
    cores_total: workers * 16,
    memory_used_mib: query === 0 ? 0 : 8192 + cores_used * 2048,
    memory_total_mib: workers * 65536,
    workers_alive: workers,
    apps_running: 1 + Math.floor(3 * day * chance(Math.floor(minute / 97))),
    apps_waiting: chance(Math.floor(minute / 31)) > 0.93 ? 1 : 0
  };
}

/** From 0 to 1, always the same for a number. @param {number} number */
function chance(number) {
  const value = Math.sin(number * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}
