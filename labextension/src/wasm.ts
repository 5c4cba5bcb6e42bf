/** Loads the WebAssembly once, when the first widget needs it. */
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { languageOf } from './language';

export type Ui = typeof import('berdl-spark-monitor-ui');

/** How long JupyterLab's own start is waited for: a shell may never say that it is over. */
const PATIENCE_MS = 10_000;

export class UiLoader {
  constructor(
    private readonly translator: ITranslator,
    private readonly trans: TranslationBundle,
    /** Not before: JupyterLab's own start comes first. */
    private readonly begin: Promise<unknown>
  ) {}

  /** The instantiated module; a failure is not remembered, so that a later widget tries again. */
  load(): Promise<Ui> {
    this.loading ??= this.instantiate().catch((reason: unknown) => {
      this.loading = null;
      throw reason;
    });
    return this.loading;
  }

  /** Says in `node` why nothing else is there. */
  showError(node: HTMLElement, reason: unknown): void {
    const alert = document.createElement('div');
    alert.className = 'sparkMonitor-LoadError';
    alert.setAttribute('role', 'alert');
    for (const text of [
      this.trans.__('Spark Monitor could not be loaded.'),
      this.trans.__(
        "If this site sets its own Content-Security-Policy, its script-src must allow 'wasm-unsafe-eval'. Otherwise reload the page."
      ),
      String(reason)
    ]) {
      const line = document.createElement('p');
      line.textContent = text;
      alert.append(line);
    }
    node.replaceChildren(alert);
  }

  private async instantiate(): Promise<Ui> {
    await Promise.race([this.begin, new Promise(resolve => setTimeout(resolve, PATIENCE_MS))]);
    await idle();
    const [ui, { TEXTS }] = await Promise.all([
      import('berdl-spark-monitor-ui'),
      import('berdl-spark-monitor-ui/texts.js')
    ]);
    await ui.default({
      module_or_path: new URL('berdl-spark-monitor-ui/ui_bg.wasm', import.meta.url)
    });
    ui.set_language(languageOf(TEXTS, this.translator, this.trans));
    return ui;
  }

  private loading: Promise<Ui> | null = null;
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
