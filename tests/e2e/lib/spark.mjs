// A real Spark: a running one, or one of our own.
import { environment } from './environment.mjs';
import { Group } from './group.mjs';

/** A busy machine takes minutes to start master, worker and Connect server; milliseconds. */
const START_MS = 400_000;

/**
 * @typedef {object} Cluster
 * @property {string} master_url `spark://…`
 * @property {string} master_ui
 * @property {string} connect_url
 * @property {string} driver_ui The driver's own web page.
 * @property {string} python The interpreter that has this Spark.
 * @property {{worker: number, connect: number}} pids Each leads its process group.
 */

export class Spark {
  /**
   * @param {Cluster} cluster
   * @param {Group | null} group
   */
  constructor(cluster, group) {
    this.cluster = cluster;
    this.group = group;
  }

  /**
   * `SPARK_RUNNING` contains the JSON line of a running cluster, which saves half a minute; with `options` of `cargo
   * xtask spark` it is always our own.
   *
   * @param {string[]} options
   */
  static async start(...options) {
    const given = process.env['SPARK_RUNNING'];
    if (given && options.length === 0) {
      return new Spark(JSON.parse(given), null);
    }
    const xtask = process.env['XTASK'];
    if (!xtask) {
      throw new Error('XTASK names no executable that starts a Spark; run `cargo xtask test browser`');
    }
    const group = new Group('Spark', xtask, ['spark', ...options], { env: environment({}) });
    try {
      await group.ready(() => group.output.includes('\n'), START_MS);
      return new Spark(JSON.parse(group.output.split('\n')[0] ?? ''), group);
    } catch (error) {
      await group.stop();
      throw error;
    }
  }

  /**
   * Sends an order and waits until it is done: `connect stop`, `connect start` or `worker kill`.
   *
   * @param {string} order
   */
  async order(order) {
    const { group } = this;
    if (group === null) {
      throw new Error('a Spark that runs already takes no orders: leave SPARK_RUNNING unset');
    }
    const told = group.output.split('\n').length;
    group.child.stdin.write(`${order}\n`);
    const lines = await group.ready(() => moreLines(group.output, told), START_MS);
    this.cluster = JSON.parse(lines.at(-2) ?? '');
  }

  async stop() {
    await this.group?.stop();
  }
}

/** The lines, once there are more than before; the last is incomplete. @param {string} output @param {number} before */
function moreLines(output, before) {
  const lines = output.split('\n');
  return lines.length > before ? lines : null;
}
