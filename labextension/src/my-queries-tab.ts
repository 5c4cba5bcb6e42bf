/** The tab with a person's queries, their runs, and which were slower than usual. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { QueriesHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { copyText } from './copy';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class MyQueriesTab extends SingleTab<Workbench, QueriesHandle> {
  constructor(
    shell: JupyterFrontEnd.IShell,
    loader: UiLoader<Workbench>,
    trans: TranslationBundle,
    on_open_app: (appId: string) => void,
    on_cell: (appId: string, queryId: string) => void
  ) {
    super(shell, loader, 'my-queries', trans.__('My queries'), (workbench, node) =>
      workbench.open_queries(node, { on_copy: copyText, on_open_app, on_cell })
    );
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.widget?.content.ask(queries => queries.forget());
  }
}
