// A scripted Spark: master and driver of one application, with recorded rows, repeated.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { recorded, work } from './large-work.mjs';

const MASTER = recorded('master_json');
const [DRIVER, EXECUTOR] = recorded('executors');
const [PYTHON_PLAN] = recorded('python_udf_sql');

export class LargeSpark {
  /**
   * @param {{executors: number, gone?: number, ended: number, active?: number}} counts `gone` of the executors are dead;
   *   `ended` and `active` are stages.
   */
  constructor({ executors, gone = 0, ended, active = 0 }) {
    this.app = structuredClone(MASTER.activeapps[0]);
    /** Cores in use, by the master and its one worker. @type {number} */
    this.coresUsed = MASTER.coresused;
    this.executors = [DRIVER, ...Array.from({ length: executors }, (_, id) => executor(id, executors, id < executors - gone))];
    /** The driver's answers, encoded once and not for each poll. @type {Record<string, string>} */
    this.written = { allexecutors: JSON.stringify(this.executors) };
    for (const [name, rows] of Object.entries(work(ended, active))) {
      this.written[name] = JSON.stringify(rows);
    }
    this.server = createServer((request, response) => {
      const body = this.respond(request.url ?? '');
      const type = body === null ? 'text/plain' : 'application/json';
      response.writeHead(body === null ? 404 : 200, { 'Content-Type': type }).end(body ?? 'Not Found');
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
    const asked = url.split('?')[0] ?? '';
    switch (asked) {
      case '/json/':
        return JSON.stringify({ ...MASTER, ...used, workers: [{ ...MASTER.workers[0], ...used }], activeapps: [this.app] });
      case driver:
        return JSON.stringify({ id: this.app.id, name: this.app.name, attempts: [] });
      default:
        return asked.startsWith(`${driver}/`) ? this.tell(asked.slice(driver.length + 1)) : null;
    }
  }

  /** Of the driver. @private @param {string} route */
  tell(route) {
    const execution = /^sql\/(\d+)$/.exec(route)?.[1];
    return execution ? JSON.stringify({ ...PYTHON_PLAN, id: Number(execution) }) : (this.written[route] ?? null);
  }

  /**
   * Other values for one executor; the driver is the first of them.
   *
   * @param {number} index
   * @param {Record<string, unknown>} values
   */
  change(index, values) {
    Object.assign(this.executors[index], values);
    this.written['allexecutors'] = JSON.stringify(this.executors);
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
