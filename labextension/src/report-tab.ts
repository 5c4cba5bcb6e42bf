/** The tab with the connection report: at most one, restored with the layout. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import type { ReportHandle, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { copyText } from './copy';
import { icon } from './icon';
import { TabContent } from './tab';
import type { UiLoader } from './wasm';

const ID = 'berdl-spark-monitor:report';

type ReportWidget = MainAreaWidget<TabContent<ReportHandle>>;

export class ReportTab {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly loader: UiLoader<Workbench>,
    private readonly trans: TranslationBundle
  ) {}

  /** Opens the tab and runs a new report. */
  async open(): Promise<ReportWidget> {
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
    this.tracker.find(() => true)?.content.ask(report => report.forget());
  }

  /** Calls `command`, with `restored`, for a tab that was open before a reload. */
  restoredBy(restorer: ILayoutRestorer | null, command: string): void {
    void restorer?.restore(this.tracker, { command, name: () => 'report', args: () => ({ restored: true }) });
  }

  /** Creates the tab; the restorer puts it in its place. */
  async restore(): Promise<void> {
    // It may have been opened meanwhile.
    if (this.tracker.find(() => true)) {
      return;
    }
    const widget = this.create();
    this.shell.add(widget, 'main', { activate: false });
    await this.tracker.add(widget);
  }

  private async show(): Promise<ReportWidget> {
    // Whether the last layout has the tab is not known earlier.
    await this.loader.started;
    const widget = this.tracker.find(() => true) ?? this.create();
    if (!widget.isAttached) {
      this.shell.add(widget, 'main');
      // Notebook 7 reserves its main area for one document.
      if (!widget.isAttached) {
        this.shell.add(widget, 'down');
      }
      await this.tracker.add(widget);
    }
    this.shell.activateById(ID);
    return widget;
  }

  private create(): ReportWidget {
    const content = new TabContent(this.loader, (workbench, node) =>
      workbench.open_report(node, { on_copy: copyText })
    );
    // Without this, JupyterLab creates a toolbar that leaves listeners and elements behind.
    const toolbar = new Toolbar();
    toolbar.hide();
    const widget = new MainAreaWidget({ content, toolbar });
    const label = this.trans.__('Connection report');
    widget.id = ID;
    widget.title.label = label;
    widget.title.icon = icon;
    content.node.setAttribute('aria-label', label);
    return widget;
  }

  private readonly tracker = new WidgetTracker<ReportWidget>({ namespace: 'berdl-spark-monitor-report' });
}
