/** Loads the WebAssembly once, when the first widget needs it. */
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Frontend } from 'berdl-spark-monitor-ui';

import { languageOf } from './language';

export type Ui = typeof import('berdl-spark-monitor-ui');

/** How long JupyterLab's own start is waited for: a shell may never say that it is over. */
const PATIENCE_MS = 10_000;

/** The wait after the first failure; it doubles with each further one. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

export class UiLoader {
  constructor(
    private readonly translator: ITranslator,
    private readonly trans: TranslationBundle,
    /** Not before: JupyterLab's own start comes first. */
    private readonly begin: Promise<unknown>,
    private readonly create: (ui: Ui) => Frontend
  ) {}

  /** What mounts the widgets, as soon as it is there: a failure is told by `failed`, and it is tried again. */
  load(): Promise<Frontend> {
    this.loading ??= this.persist();
    return this.loading;
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

  private async persist(): Promise<Frontend> {
    await Promise.race([this.begin.catch(() => undefined), new Promise(resolve => setTimeout(resolve, PATIENCE_MS))]);
    await idle();
    for (let wait_ms = FIRST_WAIT_MS; ; wait_ms = Math.min(2 * wait_ms, LONGEST_WAIT_MS)) {
      try {
        const frontend = this.create(await this.instantiate());
        this.reason = undefined;
        return frontend;
      } catch (reason) {
        this.reason = reason;
        this._failed.emit();
      }
      await new Promise<void>(resolve => {
        this.endWait = resolve;
        setTimeout(resolve, wait_ms);
      });
    }
  }

  private async instantiate(): Promise<Ui> {
    const [ui, { TEXTS }] = await Promise.all([
      import('berdl-spark-monitor-ui'),
      import('berdl-spark-monitor-ui/texts.js')
    ]);
    await ui.default({
      module_or_path: new URL('berdl-spark-monitor-ui/sidebar_bg.wasm', import.meta.url)
    });
    ui.set_language(languageOf(TEXTS, this.translator, this.trans));
    return ui;
  }

  private loading: Promise<Frontend> | null = null;
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
