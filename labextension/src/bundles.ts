/** The WebAssembly bundles. They share no code, so each is made ready by itself. */
import type { Language } from 'berdl-spark-monitor-ui';
import type { Text } from 'berdl-spark-monitor-ui/texts.js';

/** Says the texts in JupyterLab's language. */
export type Speak = (texts: readonly Text[]) => Language;

interface Bundle {
  default(options: { module_or_path: URL }): Promise<unknown>;
  set_language(language: Language): void;
}

/** Chip and panel. */
export function sidebar(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui')> {
  const wasm = new URL('berdl-spark-monitor-ui/sidebar_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui'), wasm, speak);
}

/** The tabs in the main area. */
export function workbench(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui/workbench.js')> {
  const wasm = new URL('berdl-spark-monitor-ui/workbench_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui/workbench.js'), wasm, speak);
}

async function start<B extends Bundle>(script: Promise<B>, wasm: URL, speak: Speak): Promise<B> {
  const [bundle, { TEXTS }] = await Promise.all([script, import('berdl-spark-monitor-ui/texts.js')]);
  await bundle.default({ module_or_path: wasm });
  bundle.set_language(speak(TEXTS));
  return bundle;
}
