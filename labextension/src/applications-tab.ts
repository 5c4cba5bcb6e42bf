/** The tab with the applications that are remembered, running or gone. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { AppsHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class ApplicationsTab extends SingleTab<Workbench, AppsHandle> {
  constructor(shell: JupyterFrontEnd.IShell, loader: UiLoader<Workbench>, trans: TranslationBundle) {
    super(shell, loader, 'applications', trans.__('Spark applications'), (workbench, node) => workbench.open_apps(node));
  }

  /** Opens the tab, with an application if there is an id. */
  async open(appId?: string): Promise<unknown> {
    const widget = await this.show();
    if (appId !== undefined) {
      widget.content.ask(apps => apps.show_app(appId));
    }
    return widget;
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.widget?.content.ask(apps => apps.forget());
  }
}
