// A process with its children: started in its own group and ended as a whole, even if the tests are interrupted.
import { spawn } from 'node:child_process';
import { until } from './until.mjs';

/** Groups that are still running. @type {Set<Group>} */
const running = new Set();

process.on('exit', () => running.forEach(group => group.signal('SIGTERM')));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => process.exit(1));
}

export class Group {
  /**
   * @param {string} name For error messages.
   * @param {string} program
   * @param {string[]} words
   * @param {import('node:child_process').SpawnOptionsWithoutStdio} options
   */
  constructor(name, program, words, options) {
    this.name = name;
    this.child = spawn(program, words, { ...options, detached: true, stdio: 'pipe' });
    this.log = '';
    /** Standard output only. */
    this.output = '';
    this.child.stdout.on('data', chunk => {
      this.output += chunk;
      this.log += chunk;
    });
    this.child.stderr.on('data', chunk => (this.log += chunk));
    this.child.on('error', error => (this.log += `${error}\n`));
    running.add(this);
  }

  /**
   * Waits until `ready` returns something; fails at once if the process ends.
   *
   * @template T
   * @param {() => T | Promise<T>} ready
   * @param {number} within Milliseconds.
   */
  async ready(ready, within) {
    try {
      return await until(
        `${this.name} to be ready`,
        () => {
          if (this.ended) {
            throw new Error(`${this.name} has ended`);
          }
          return ready();
        },
        { within }
      );
    } catch (error) {
      throw new Error(`${error}\n${this.log.split('\n').slice(-30).join('\n')}`);
    }
  }

  get pid() {
    return this.child.pid ?? 0;
  }

  get ended() {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }

  /** @param {NodeJS.Signals | 0} signal */
  signal(signal) {
    try {
      return this.pid > 0 && process.kill(-this.pid, signal);
    } catch {
      // The whole group is already gone.
      return false;
    }
  }

  /**
   * Sends SIGTERM, waits for the last child, and finally kills the group. `cargo xtask spark` gives each of three parts
   * ten seconds to end; killed before that, it would leave them running.
   */
  async stop() {
    this.child.stdin.end();
    this.signal('SIGTERM');
    await until(`${this.name} to end`, () => !this.signal(0), { within: 45_000 }).catch(() => this.signal('SIGKILL'));
    running.delete(this);
  }
}
