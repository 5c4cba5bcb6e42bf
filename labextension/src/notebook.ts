/** One open notebook: which cells its kernel runs, and which Spark it uses. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type { NotebookFacts } from 'berdl-spark-monitor-ui';

import { askKernel, cellShift, type SparkIdentity } from './ask';
import type { KernelActivity } from './kernels';

/** A cell that runs or has just ended. */
export interface RanCell {
  notebook: FollowedNotebook;
  /** The id of the message that ran it, the same in all tabs of the browser. */
  message: string;
  code: string;
  count: number;
  begin_ms: number;
  failed: boolean;
}

/** Number of cells that are remembered. */
const MOST_EXECUTIONS = 100;
/** Wait after the last cell; milliseconds. */
const QUIET_MS = 1000;
/** How inexact times of two clocks may be; milliseconds. */
const CLOCKS_MS = 1_500;

interface Execution {
  message: string;
  code: string;
  count: number;
  begin_ms: number;
  end_ms: number | null;
  failed: boolean;
}

/**
 * Executions are taken from the kernel's broadcast messages, so a cell starts when the kernel starts it, not when
 * somebody presses a key, and cells that are run from elsewhere count too.
 */
export class FollowedNotebook {
  constructor(
    readonly panel: NotebookPanel,
    private readonly kernels: KernelActivity,
    private readonly mayAsk: () => boolean
  ) {
    const session = panel.sessionContext;
    session.iopubMessage.connect((_, message) => this.hear(message));
    session.connectionStatusChanged.connect((_, status) => {
      this.missed ||= status !== 'connected';
    });
    session.kernelChanged.connect(() => this.begin());
    session.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') {
        this.begin();
      } else if (status === 'idle') {
        // The message of a cell's end may have been lost with a connection. Otherwise a kernel may seem idle while a
        // cell runs, because what runs in its subshells, such as a widget's message, reports its own end.
        if (this.missed) {
          this.missed = false;
          this.sent.clear();
          this.end(() => true);
        }
        this.askSoon();
      } else if (status === 'dead') {
        this.end(() => true);
      }
    });
    panel.disposed.connect(() => window.clearTimeout(this.timer));
    this.begin();
  }

  /** Emits when the facts have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emits when a cell has ended. */
  get ended(): ISignal<this, RanCell> {
    return this._ended;
  }

  facts(): Omit<NotebookFacts, 'current' | 'others_busy'> {
    return {
      id: this.panel.id,
      title: this.panel.title.label,
      shift: this.shift,
      asked: this.identity !== undefined,
      session_id: this.identity?.session_id ?? null,
      app_id: this.identity?.app_id ?? null,
      executions: this.executions.map(({ count, begin_ms, end_ms }) => ({ count, begin_ms, end_ms }))
    };
  }

  /** The cells that run: one at most, unless messages were lost. */
  running(): RanCell[] {
    const running = this.executions.filter(execution => execution.end_ms === null);
    return running.map(execution => ({ notebook: this, ...execution }));
  }

  /** The cells that may have run a query of the kernel's, by when it began and ended. */
  ranDuring(beganMs: number, endedMs: number): RanCell[] {
    const ran = this.executions.filter(
      ({ begin_ms, end_ms }) => begin_ms - CLOCKS_MS <= beganMs && endedMs <= (end_ms ?? Infinity) + CLOCKS_MS
    );
    return ran.map(execution => ({ notebook: this, ...execution }));
  }

  /** Whether the cell with this execution count is still running. */
  isRunning(count: number): boolean {
    return this.executions.some(execution => execution.count === count && execution.end_ms === null);
  }

  /** The text that was run under an execution count; undefined if unknown. */
  async textOf(count: number): Promise<string | undefined> {
    const known = this.executions.find(execution => execution.count === count);
    const kernel = this.kernel;
    if (known !== undefined || !this.mayAsk() || kernel?.status !== 'idle') {
      return known?.code;
    }
    return this.kernels.quietly(this.panel.sessionContext, async () => {
      const reply = await kernel.requestHistory({
        hist_access_type: 'range',
        output: false,
        raw: true,
        session: 0,
        start: count,
        stop: count + 1
      });
      const [line] = reply.content.status === 'ok' ? reply.content.history : [];
      const text: unknown = line?.[2];
      return typeof text === 'string' ? text : undefined;
    });
  }

  /** Asks the kernel when it has been idle for a while and something may have changed. */
  askSoon(): void {
    window.clearTimeout(this.timer);
    if (this.wanted && this.mayAsk()) {
      this.timer = window.setTimeout(() => void this.ask(), QUIET_MS);
    }
  }

  /** Called when a kernel starts: its counts start again. */
  private begin(): void {
    this.executions = [];
    this.sent.clear();
    this.identity = undefined;
    this.shift = null;
    this.wanted = true;
    this._changed.emit();
    const kernel = this.kernel;
    if (kernel) {
      kernel.anyMessage.connect(this.noteSent, this);
      cellShift(kernel).then(
        shift => {
          if (kernel === this.kernel) {
            this.shift = shift;
            this._changed.emit();
            this.askSoon();
          }
        },
        () => undefined // It died before it told; the next one is asked again.
      );
    }
  }

  private noteSent(_: unknown, { direction, msg }: Kernel.IAnyMessageArgs): void {
    if (direction === 'send' && msg.header.msg_type === 'execute_request') {
      if (!(msg.content as KernelMessage.IExecuteRequestMsg['content']).silent) {
        this.sent.add(msg.header.msg_id);
      }
    }
  }

  private hear(message: KernelMessage.IMessage): void {
    const { content, header, parent_header: parent } = message as KernelMessage.IIOPubMessage;
    const parentId = 'msg_id' in parent ? parent.msg_id : '';
    if (header.msg_type === 'execute_input') {
      const { code, execution_count: count } = content as KernelMessage.IExecuteInputMsg['content'];
      if (count === null) {
        return;
      }
      this.end(() => true);
      this.executions.push({ message: parentId, code, count, begin_ms: Date.now(), end_ms: null, failed: false });
      this.executions.splice(0, this.executions.length - MOST_EXECUTIONS);
      this.wanted = true;
      // It may be starting Spark right now, which can be asked only when it ends.
      if (this.identity && !this.identity.session_id && !this.identity.app_id) {
        this.identity = undefined;
      }
      this._changed.emit();
    } else if (header.msg_type === 'error') {
      for (const execution of this.executions.filter(({ message }) => message === parentId)) {
        execution.failed = true;
      }
    } else if (header.msg_type === 'status' && 'execution_state' in content && content.execution_state === 'idle') {
      this.sent.delete(parentId);
      this.end(execution => execution.message === parentId);
      // The kernel's status may not change now, if it seemed idle before.
      this.askSoon();
    }
  }

  private end(which: (execution: Execution) => boolean): void {
    const open = this.executions.filter(execution => execution.end_ms === null && which(execution));
    for (const execution of open) {
      execution.end_ms = Date.now();
      this._ended.emit({ notebook: this, ...execution });
    }
    if (open.length > 0) {
      this._changed.emit();
    }
  }

  private async ask(): Promise<void> {
    const kernel = this.kernel;
    // The shift is known only for kernels that speak Python.
    const runs = this.sent.size > 0 || this.executions.some(execution => execution.end_ms === null);
    if (this.shift === null || kernel?.status !== 'idle' || runs || !this.mayAsk()) {
      return;
    }
    this.wanted = false;
    try {
      const identity = await this.kernels.quietly(this.panel.sessionContext, () => askKernel(kernel));
      if (kernel === this.kernel && !this.wanted) {
        this.identity = identity;
        this._changed.emit();
      }
    } catch {
      // The kernel went away while it was asked, so nothing is known.
    }
  }

  private get kernel(): Kernel.IKernelConnection | null {
    return this.panel.sessionContext.session?.kernel ?? null;
  }

  private executions: Execution[] = [];
  /**
   * The messages of cells that this page has sent and that have not ended. Between two of them the kernel seems idle,
   * for long if this page is slow to hear of the next; a question would wait behind all of them, and hide their work.
   */
  private readonly sent = new Set<string>();
  private identity: SparkIdentity | undefined;
  private shift: number | null = null;
  /** Whether cells have run since it was asked. */
  private wanted = true;
  private timer = 0;
  /** Whether messages may have been lost since the kernel was last idle. */
  private missed = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, RanCell>(this);
}
