// A proxy in front of a real server that can fail in the ways servers fail: real data on a broken connection.
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * The fault: none, a refused connection, a reset, no answer, a web page instead of data, or a status.
 *
 * @typedef {'pass' | 'refuse' | 'reset' | 'hang' | 'html' | number} Fault
 */

export class FaultProxy {
  /** @param {string} target */
  constructor(target) {
    /** `http://…` of the real server. */
    this.target = target;
    /** @type {Fault} */
    this.fault = 'pass';
    /** Changes the text of an answer. @type {(body: string) => string} */
    this.rewrite = body => body;
    /** The requests, each as path and query. @type {string[]} */
    this.asked = [];
    this.port = 0;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** @param {string} target */
  static async start(target) {
    const proxy = new FaultProxy(target);
    await proxy.listen();
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Sets the fault, and releases hanging requests. @param {Fault} fault */
  async set(fault) {
    if (fault === this.fault) {
      return;
    }
    this.fault = fault;
    this.server.closeAllConnections();
    if (fault === 'refuse') {
      await this.stop();
    } else if (!this.server.listening) {
      await this.listen();
    }
  }

  async stop() {
    if (this.server.listening) {
      this.server.close();
      this.server.closeAllConnections();
      await once(this.server, 'close');
    }
  }

  /** @private */
  async listen() {
    // The same port again after a refusal.
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = /** @type {import('node:net').AddressInfo} */ (this.server.address()).port;
  }

  /**
   * @private
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  answer(request, response) {
    this.asked.push(request.url ?? '');
    if (this.fault === 'hang') {
      return;
    }
    if (this.fault === 'reset') {
      request.socket.destroy();
      return;
    }
    if (this.fault === 'html') {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Welcome</html>');
      return;
    }
    if (typeof this.fault === 'number') {
      response.writeHead(this.fault, { 'Content-Type': 'text/plain' }).end();
      return;
    }
    const { host: _, ...headers } = request.headers;
    const options = { method: request.method, headers: { ...headers, 'accept-encoding': 'identity' } };
    const behind = ask(new URL(request.url ?? '/', this.target), options, async answer => {
      try {
        const body = this.rewrite(await text(answer));
        const { 'content-length': _length, 'transfer-encoding': _encoding, connection: _connection, ...kept } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, kept).end(body);
      } catch {
        // The server behind closed the connection in the middle of its answer.
        response.destroy();
      }
    });
    behind.on('error', () => response.destroy());
    behind.end();
  }
}
