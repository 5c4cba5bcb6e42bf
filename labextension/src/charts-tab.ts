/** The tab with the cluster's numbers over time, from the history. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ChartsHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { saveFile, savePng } from './save-file';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class ChartsTab extends SingleTab<Workbench, ChartsHandle> {
  constructor(shell: JupyterFrontEnd.IShell, loader: UiLoader<Workbench>, trans: TranslationBundle) {
    super(shell, loader, 'charts', trans.__('Spark charts'), (workbench, node) =>
      workbench.open_charts(node, {
        on_save: (text, type, name) => {
          if (name.endsWith('.png')) {
            void savePng(text, name, trans);
          } else {
            saveFile(new Blob([text], { type }), name);
          }
        }
      })
    );
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.widget?.content.ask(charts => charts.forget());
  }
}
