// A scripted Spark: master and driver of one application, whose rows are recorded ones, repeated.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/spark-4.3.0');

const MASTER = recorded('master_json');
const [DRIVER, EXECUTOR] = recorded('executors');
const ACTIVE = recorded('active_stage_some_done_withSummaries');
/** Spilled, skewed, failed and Python ones. @type {any[]} */
const ENDED = ['spill_stages', 'skew_stages', 'failed_stages', 'python_udf_stages'].flatMap(recorded);

/** When the first stage began, and how long after it the next one; milliseconds. */
const [BEGIN_MS, APART_MS] = [1_795_220_000_000, 1_000];

export class LargeSpark {
  /** @param {{executors: number, gone?: number, ended: number, active?: number}} counts `gone` of the executors are dead. */
  constructor({ executors, gone = 0, ended, active = 0 }) {
    this.app = structuredClone(MASTER.activeapps[0]);
    /** Cores in use, by the master and its one worker. @type {number} */
    this.coresUsed = MASTER.coresused;
    this.executors = [DRIVER, ...Array.from({ length: executors }, (_, id) => executor(id, executors, id < executors - gone))];
    this.stages = Array.from({ length: ended + active }, (_, id) => stage(id, id < ended)).reverse();
    /** Written once, and not for each poll. */
    this.written = { executors: JSON.stringify(this.executors), stages: JSON.stringify(this.stages) };
    this.server = createServer((request, response) => {
      const body = this.respond(request.url ?? '');
      response.writeHead(body === null ? 404 : 200, { 'Content-Type': 'application/json' }).end(body ?? '{}');
    });
  }

  /** @param {ConstructorParameters<typeof LargeSpark>[0]} counts */
  static async start(counts) {
    const spark = new LargeSpark(counts);
    spark.server.listen(0, '127.0.0.1');
    await once(spark.server, 'listening');
    return spark;
  }

  /** Of the master's web page. */
  get url() {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.server.address());
    return `http://127.0.0.1:${port}`;
  }

  /**
   * The master's own page, and the driver through the master's reverse proxy.
   *
   * @param {string} url
   */
  respond(url) {
    const used = { coresused: this.coresUsed };
    const driver = `/proxy/${this.app.id}/api/v1/applications/${this.app.id}`;
    switch (url.split('?')[0]) {
      case '/json/':
        return JSON.stringify({ ...MASTER, ...used, workers: [{ ...MASTER.workers[0], ...used }], activeapps: [this.app] });
      case driver:
        return JSON.stringify({ id: this.app.id, name: this.app.name, attempts: [] });
      case `${driver}/allexecutors`:
        return this.written.executors;
      case `${driver}/stages`:
        return this.written.stages;
      default:
        return null;
    }
  }

  /**
   * Other values for one executor; the driver is the first of them.
   *
   * @param {number} index
   * @param {Record<string, unknown>} values
   */
  change(index, values) {
    Object.assign(this.executors[index], values);
    this.written.executors = JSON.stringify(this.executors);
  }

  async stop() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** Amounts differ, and the largest is not at an end. @param {number} id @param {number} count @param {boolean} alive */
function executor(id, count, alive) {
  return {
    ...EXECUTOR,
    id: String(id),
    hostPort: `10.42.117.${id % 256}:${45_000 + id}`,
    isActive: alive,
    memoryUsed: storage(id, count),
    maxTasks: 16,
    activeTasks: alive ? id % 17 : 0,
    totalShuffleRead: 123_456_789_012 - id,
    ...(alive ? {} : { removeReason: 'Command exited with code 137' })
  };
}

/** Storage memory that an executor uses: different for each, as 37 shares no factor with their number. */
export function storage(/** @type {number} */ id, /** @type {number} */ count) {
  return ((id * 37) % count) * 100_000;
}

/** A recorded stage under another number, and moved in time: the higher the number, the newer. @param {number} id @param {boolean} ended */
function stage(id, ended) {
  const row = ended ? ENDED[id % ENDED.length] : ACTIVE;
  const moved = BEGIN_MS + id * APART_MS - milliseconds(row.submissionTime);
  const times = ['submissionTime', 'firstTaskLaunchedTime', 'completionTime'].filter(name => row[name]);
  const shifted = times.map(name => [name, sparkTime(milliseconds(row[name]) + moved)]);
  return { ...row, ...Object.fromEntries(shifted), stageId: id };
}

/** @param {string} time As Spark writes it. */
function milliseconds(time) {
  return Date.parse(time.replace('GMT', 'Z'));
}

/** @param {number} ms */
function sparkTime(ms) {
  return new Date(ms).toISOString().replace('Z', 'GMT');
}

/** @param {string} name */
function recorded(name) {
  return JSON.parse(readFileSync(path.join(FIXTURES, `${name}.json`), 'utf8'));
}
