/** Loads a WebAssembly bundle once, when the first widget needs it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';

/** How long JupyterLab's own start is waited for: a shell may never say that it is over. */
const PATIENCE_MS = 10_000;

/** The wait after the first failure; it doubles with each further one. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

/** `T` is what mounts the bundle's widgets. */
export class UiLoader<T> {
  constructor(
    private readonly trans: TranslationBundle,
    begin: Promise<unknown>,
    private readonly create: () => Promise<T>
  ) {
    const patience = new Promise(resolve => setTimeout(resolve, PATIENCE_MS));
    this.started = Promise.race([begin.catch(() => undefined), patience]);
  }

  /** Nothing is loaded before it has resolved: JupyterLab's own start comes first. */
  readonly started: Promise<unknown>;

  /** What mounts the widgets, as soon as it is there: a failure is told by `failed`, and it is tried again. */
  load(widget: object): Promise<T> {
    this.waiting.add(widget);
    this.loading ??= this.persist();
    return this.loading;
  }

  /** A widget has been closed; when nobody waits any longer, a bundle that could not be loaded is not tried again. */
  leave(widget: object): void {
    this.waiting.delete(widget);
    if (this.waiting.size === 0) {
      this.endWait();
    }
  }

  /** Emits when it could not be loaded. */
  get failed(): ISignal<this, void> {
    return this._failed;
  }

  /** Tries again now, if it has failed. */
  retry(): void {
    this.endWait();
  }

  /** Says in `node` why nothing else is there, if it has failed. */
  showError(node: HTMLElement): void {
    if (this.reason === undefined) {
      return;
    }
    const alert = document.createElement('div');
    alert.className = 'sparkMonitor-LoadError';
    alert.setAttribute('role', 'alert');
    for (const text of [
      this.trans.__('Spark Monitor could not be loaded.'),
      this.trans.__(
        "If this site sets its own Content-Security-Policy, its script-src must allow 'wasm-unsafe-eval'. Otherwise reload the page."
      ),
      String(this.reason)
    ]) {
      const line = document.createElement('p');
      line.textContent = text;
      alert.append(line);
    }
    const again = document.createElement('button');
    again.className = 'sparkMonitor-Button';
    again.textContent = this.trans.__('Try again');
    again.addEventListener('click', () => this.retry());
    alert.append(again);
    // Said once: an alert that is replaced by the same is read out again.
    if (node.textContent !== alert.textContent) {
      node.replaceChildren(alert);
    }
  }

  private async persist(): Promise<T> {
    await this.started;
    await idle();
    for (let wait_ms = FIRST_WAIT_MS; ; wait_ms = Math.min(2 * wait_ms, LONGEST_WAIT_MS)) {
      try {
        const created = await this.create();
        this.reason = undefined;
        return created;
      } catch (reason) {
        this.reason = reason;
        this._failed.emit();
      }
      if (this.waiting.size > 0) {
        await this.wait(wait_ms);
      }
      if (this.waiting.size === 0) {
        // The next widget begins anew; nobody hears of this attempt.
        this.loading = null;
        this.reason = undefined;
        return new Promise<never>(() => {});
      }
    }
  }

  private async wait(wait_ms: number): Promise<void> {
    let timer;
    await new Promise<void>(resolve => {
      this.endWait = resolve;
      timer = setTimeout(resolve, wait_ms);
    });
    clearTimeout(timer);
  }

  /** The widgets that are to be mounted, or are. */
  private readonly waiting = new Set<object>();
  private loading: Promise<T> | null = null;
  private reason: unknown = undefined;
  private endWait = (): void => {};
  private readonly _failed = new Signal<this, void>(this);
}

/** Resolves when the browser has nothing more urgent to do, after a second in any case. */
function idle(): Promise<unknown> {
  return new Promise(resolve => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in window) {
      requestIdleCallback(resolve, { timeout: 1_000 });
    } else {
      setTimeout(resolve);
    }
  });
}
