// The messages between a page and the kernels of its notebooks, which a test can read and hold back.
import { setTimeout as sleep } from 'node:timers/promises';

export class KernelWire {
  constructor() {
    /** The types of the messages that the page has sent; `silent` is code that is no cell. @type {Set<string>} */
    this.sent = new Set();
    /** How long nothing arrives after the end of a cell; milliseconds. */
    this.pauseMs = 0;
  }

  /** Must be called before the page is opened. @param {import('playwright-core').Page} page */
  static async watch(page) {
    const wire = new KernelWire();
    await page.routeWebSocket(/\/api\/kernels\/[^/]+\/channels/, socket => wire.pass(socket));
    return wire;
  }

  /** @private @param {import('playwright-core').WebSocketRoute} socket */
  pass(socket) {
    const server = socket.connectToServer();
    socket.onMessage(frame => {
      const { header, content } = decoded(frame);
      this.sent.add(content.silent ? 'silent' : header.msg_type);
      server.send(frame);
    });
    let before = Promise.resolve();
    server.onMessage(frame => {
      before = before.then(async () => {
        socket.send(frame);
        const { header, content } = decoded(frame);
        if (this.pauseMs > 0 && header.msg_type === 'status' && content.execution_state === 'idle') {
          await sleep(this.pauseMs);
        }
      });
    });
  }
}

/**
 * Of `v1.kernel.websocket.jupyter.org`: a count, so many offsets, and between two of them each of channel, header,
 * parent header, metadata and content.
 *
 * @param {string | Buffer} frame
 */
function decoded(frame) {
  const bytes = Buffer.from(frame);
  const offset = (/** @type {number} */ number) => Number(bytes.readBigUInt64LE(8 * (number + 1)));
  const part = (/** @type {number} */ number) => JSON.parse(bytes.toString('utf8', offset(number), offset(number + 1)));
  return { header: part(1), content: part(4) };
}
