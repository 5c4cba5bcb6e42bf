/** The tab with a person's queries, their runs, and which were slower than usual. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { QueriesHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { copyText } from './copy';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

/** What a person can do with a run beyond this tab. */
export interface RunActions {
  openApp: (appId: string) => void;
  /** Compares it with another run. */
  compare: (appId: string, queryId: string) => void;
  goToCell: (appId: string, queryId: string) => void;
}

export class MyQueriesTab extends SingleTab<Workbench, QueriesHandle> {
  constructor(
    shell: JupyterFrontEnd.IShell,
    loader: UiLoader<Workbench>,
    trans: TranslationBundle,
    { openApp, compare, goToCell }: RunActions
  ) {
    super(shell, loader, 'my-queries', trans.__('My queries'), (workbench, node) =>
      workbench.open_queries(node, {
        on_copy: copyText,
        on_open_app: openApp,
        on_compare: compare,
        on_cell: goToCell
      })
    );
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.widget?.content.ask(queries => queries.forget());
  }
}
