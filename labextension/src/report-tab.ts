/** The tab with the connection report. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReportHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { copyText } from './copy';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class ReportTab extends SingleTab<Workbench, ReportHandle> {
  constructor(shell: JupyterFrontEnd.IShell, loader: UiLoader<Workbench>, trans: TranslationBundle) {
    super(shell, loader, 'report', trans.__('Connection report'), (workbench, node) =>
      workbench.open_report(node, { on_copy: copyText })
    );
  }

  /** Opens the tab and runs a new report. */
  async open(): Promise<unknown> {
    const widget = await this.show();
    widget.content.ask(report => report.run());
    return widget;
  }

  /** Opens the tab, runs a new report and copies it. */
  async copy(): Promise<void> {
    const widget = await this.show();
    widget.content.ask(report => report.copy());
  }

  /** Runs the report of an open tab anew: the last one may be another person's. */
  forget(): void {
    this.widget?.content.ask(report => report.forget());
  }
}
