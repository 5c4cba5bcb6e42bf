/** The WebAssembly bundles. They share no code, so each is initialized separately. */
import type { Language } from 'berdl-spark-monitor-ui';
import type { Text } from 'berdl-spark-monitor-ui/texts.js';

/** Sets the bundle's texts to JupyterLab's language. */
export type Speak = (texts: readonly Text[]) => Language;

interface Bundle {
  default(options: { module_or_path: URL }): Promise<unknown>;
  set_language(language: Language): void;
}

/** The bundle of chip and panel. */
export function sidebar(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui')> {
  const wasm = new URL('berdl-spark-monitor-ui/sidebar_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui'), wasm, speak);
}

/** The bundle of the tabs that have none of their own. */
export function workbench(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui/workbench.js')> {
  const wasm = new URL('berdl-spark-monitor-ui/workbench_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui/workbench.js'), wasm, speak);
}

/** The bundle of the tab "Spark SQL". */
export function desk(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui/desk.js')> {
  const wasm = new URL('berdl-spark-monitor-ui/desk_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui/desk.js'), wasm, speak);
}

/** The bundle of the tabs "Export notebook". */
export function ship(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui/ship.js')> {
  const wasm = new URL('berdl-spark-monitor-ui/ship_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui/ship.js'), wasm, speak);
}

/** The bundle of the tabs "Compare queries" and "Spark storage". */
export function shelf(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui/shelf.js')> {
  const wasm = new URL('berdl-spark-monitor-ui/shelf_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui/shelf.js'), wasm, speak);
}

/** The bundle of the tabs "Spark query". */
export function detail(speak: Speak): Promise<typeof import('berdl-spark-monitor-ui/detail.js')> {
  const wasm = new URL('berdl-spark-monitor-ui/detail_bg.wasm', import.meta.url);
  return start(import('berdl-spark-monitor-ui/detail.js'), wasm, speak);
}

async function start<B extends Bundle>(script: Promise<B>, wasm: URL, speak: Speak): Promise<B> {
  const [bundle, { TEXTS }] = await Promise.all([script, import('berdl-spark-monitor-ui/texts.js')]);
  await bundle.default({ module_or_path: wasm });
  bundle.set_language(speak(TEXTS));
  return bundle;
}
