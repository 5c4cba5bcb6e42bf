/** Loads a WebAssembly bundle once, when the first widget needs it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';

/** Longest wait for JupyterLab's own start-up, because a shell may never report its end. */
const PATIENCE_MS = 10_000;

/** The wait after the first failure; it doubles with each further failure. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

/** `T` is the object that mounts the bundle's widgets. */
export class UiLoader<T> {
  constructor(
    private readonly trans: TranslationBundle,
    begin: Promise<unknown>,
    private readonly create: () => Promise<T>
  ) {
    const patience = new Promise(resolve => setTimeout(resolve, PATIENCE_MS));
    this.started = Promise.race([begin.catch(() => undefined), patience]);
  }

  /** Nothing is loaded before this resolves: JupyterLab's own start-up comes first. */
  readonly started: Promise<unknown>;

  /** The object that mounts the widgets, once it is loaded. Failures are reported by `failed` and retried. */
  load(widget: object): Promise<T> {
    this.waiting.add(widget);
    this.loading ??= this.persist();
    return this.loading;
  }

  /** Called when a widget closes; once no widget waits any more, a bundle that failed to load is not retried. */
  leave(widget: object): void {
    this.waiting.delete(widget);
    if (this.waiting.size === 0) {
      this.endWait();
    }
  }

  /** Emits when loading has failed. */
  get failed(): ISignal<this, void> {
    return this._failed;
  }

  /** Retries now, if loading has failed. */
  retry(): void {
    this.endWait();
  }

  /** Shows in `node` why the content is missing, if loading has failed. */
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
    // Rendered once, because an alert replaced by an equal one would be announced again.
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
        // The next widget starts again; nobody is told of this attempt.
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

  /** The widgets that are mounted or waiting to be. */
  private readonly waiting = new Set<object>();
  private loading: Promise<T> | null = null;
  private reason: unknown = undefined;
  private endWait = (): void => {};
  private readonly _failed = new Signal<this, void>(this);
}

/** Resolves when the browser is idle, or after a second. */
function idle(): Promise<unknown> {
  return new Promise(resolve => {
    // Safari does not have idle callbacks.
    if ('requestIdleCallback' in window) {
      requestIdleCallback(resolve, { timeout: 1_000 });
    } else {
      setTimeout(resolve);
    }
  });
}
