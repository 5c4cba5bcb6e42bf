/** Loads the WebAssembly once, when the first widget needs it. */
import { URLExt } from '@jupyterlab/coreutils';
import type { MountOptions } from 'berdl-spark-monitor-ui';

export type Ui = typeof import('berdl-spark-monitor-ui');

let loading: Promise<Ui> | null = null;

/** The instantiated module; a failure is not remembered, so that a later widget tries again. */
export function loadUi(): Promise<Ui> {
  loading ??= instantiate().catch((reason: unknown) => {
    loading = null;
    throw reason;
  });
  return loading;
}

async function instantiate(): Promise<Ui> {
  const ui = await import('berdl-spark-monitor-ui');
  await ui.default({
    module_or_path: new URL('berdl-spark-monitor-ui/ui_bg.wasm', import.meta.url)
  });
  return ui;
}

/** What both mounts are told. */
export function mountOptions(baseUrl: string, languageCode: string): MountOptions {
  const options: MountOptions = {
    api_url: URLExt.join(baseUrl, 'berdl/api/spark-monitor') + '/'
  };
  // JupyterLab writes fr_FR, Intl reads fr-FR; "default" is not a language.
  if (languageCode && languageCode !== 'default') {
    options.language = languageCode.replace('_', '-');
  }
  return options;
}

/** Says in `node` why nothing else is there. */
export function showLoadError(node: HTMLElement, reason: unknown): void {
  const alert = document.createElement('div');
  alert.className = 'sparkMonitor-LoadError';
  alert.setAttribute('role', 'alert');
  for (const text of [
    'Spark Monitor could not be loaded.',
    'If this site sets its own Content-Security-Policy, its script-src must allow ' +
      "'wasm-unsafe-eval'. Otherwise reload the page.",
    String(reason)
  ]) {
    const line = document.createElement('p');
    line.textContent = text;
    alert.append(line);
  }
  node.replaceChildren(alert);
}
