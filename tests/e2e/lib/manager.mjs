// A double of the cluster manager and of an idle Spark Master, with the shapes of the real ones.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @typedef {{exists: boolean, ready?: number, wanted?: number}} Deployment */

export class Manager {
  constructor() {
    /** The answer to `/clusters`: status and body. @type {{status: number, body: unknown}} */
    this.answer = { status: 200, body: {} };
    /** The `Authorization` headers seen. @type {Set<string>} */
    this.authorizations = new Set();
    this.server = createServer((request, response) => {
      const [status, body] = this.respond(request.url ?? '', request.headers.authorization ?? '');
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  static async start() {
    const manager = new Manager();
    manager.server.listen(0, '127.0.0.1');
    await once(manager.server, 'listening');
    return manager;
  }

  get url() {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.server.address());
    return `http://127.0.0.1:${port}`;
  }

  /**
   * Sets the answer of `/clusters`.
   *
   * @param {Deployment} master
   * @param {Deployment} workers
   * @param {boolean} [error]
   */
  says(master, workers, error = false) {
    this.answer = { status: 200, body: { master: deployment(master), workers: deployment(workers), master_url: null, master_ui_url: null, error } };
  }

  fails() {
    this.answer = { status: 500, body: { error: 10_000, error_type: 'Internal', message: 'broken' } };
  }

  /**
   * @param {string} url
   * @param {string} authorization
   * @returns {[number, unknown]}
   */
  respond(url, authorization) {
    if (url.startsWith('/json')) {
      return [200, IDLE_MASTER];
    }
    if (url !== '/clusters') {
      return [404, { detail: 'Not Found' }];
    }
    this.authorizations.add(authorization);
    return [this.answer.status, this.answer.body];
  }

  async stop() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** @param {Deployment} seen */
function deployment({ exists, ready = 0, wanted = 0 }) {
  return {
    available_replicas: ready,
    ready_replicas: ready,
    replicas: wanted,
    unavailable_replicas: wanted - ready,
    is_ready: exists && wanted > 0 && ready === wanted,
    exists,
    error: exists ? null : '(404)\nReason: Not Found\n'
  };
}

const IDLE_MASTER = {
  url: 'spark://127.0.0.1:7077',
  workers: [
    {
      id: 'worker-1',
      host: '127.0.0.1',
      port: 7078,
      webuiaddress: 'http://127.0.0.1:8081',
      cores: 4,
      coresused: 0,
      coresfree: 4,
      memory: 8192,
      memoryused: 0,
      memoryfree: 8192,
      resources: {},
      resourcesused: {},
      resourcesfree: {},
      state: 'ALIVE',
      lastheartbeat: 1_700_000_000_000
    }
  ],
  aliveworkers: 1,
  cores: 4,
  coresused: 0,
  memory: 8192,
  memoryused: 0,
  resources: [],
  resourcesused: [],
  activeapps: [],
  completedapps: [],
  activedrivers: [],
  completeddrivers: [],
  status: 'ALIVE'
};
