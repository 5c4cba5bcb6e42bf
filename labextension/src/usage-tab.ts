/** The tab with the last minutes as a chart: tasks of the panel's application, cores, memory. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { UsageHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import type { SavedApp } from './saved-app';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class UsageTab extends SingleTab<Workbench, UsageHandle> {
  constructor(
    shell: JupyterFrontEnd.IShell,
    loader: UiLoader<Workbench>,
    trans: TranslationBundle,
    savedApp: SavedApp
  ) {
    super(shell, loader, 'usage', trans.__('Spark usage'), (workbench, node) => workbench.open_usage(node, savedApp.id));
    const follow = (): void => this.widget?.content.ask(usage => usage.set_app(savedApp.id));
    savedApp.changed.connect(follow);
    // A tab of the last layout may be opened before the last choice is known.
    void savedApp.ready.then(follow);
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.widget?.content.ask(usage => usage.forget());
  }
}
