/** The tabs "Export notebook": one for each document, restored with the layout. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import type { ExportHandle, ExportOptions, Ship } from 'berdl-spark-monitor-ui/ship.js';

import { ExportKernels } from './export-kernels';
import { saveOutput } from './export-output';
import { ExportScheduler } from './export-scheduler';
import { ExportSubject } from './export-subject';
import { icon } from './icon';
import { saveFile } from './save-file';
import { TabContent } from './tab';
import type { UiLoader } from './wasm';

type ExportWidget = MainAreaWidget<TabContent<Ship, ExportHandle>>;

/** What the tabs need from the rest. */
export interface ExportContext {
  shell: JupyterFrontEnd.IShell;
  loader: UiLoader<Ship>;
  trans: TranslationBundle;
  documents: IDocumentManager;
  tracker: INotebookTracker | null;
  services: ServiceManager.IManager;
}

export class ExportTabs {
  constructor(private readonly context: ExportContext) {
    this.kernels = new ExportKernels(context.services, context.trans);
    this.scheduler = new ExportScheduler(context.services);
    // A document may be opened, or restored, after its tab. Its manager knows it a moment later than others.
    const look = (): void => void Promise.resolve().then(() => this.subjects.forEach(subject => subject.look()));
    context.tracker?.widgetAdded.connect(look);
    context.documents.activateRequested.connect(look);
  }

  /** The path of the notebook or the Python file in front, if there is one. */
  get current(): string | undefined {
    const widget = this.context.shell.currentWidget;
    const path = widget ? this.context.documents.contextForWidget(widget)?.path : undefined;
    return path !== undefined && /\.(ipynb|py)$/.test(path) ? path : undefined;
  }

  /** Brings a document's tab to the front, and opens it if it is not open. */
  async show(path: string): Promise<void> {
    const { shell, loader } = this.context;
    // Whether the last layout has the tab is not known earlier.
    await loader.started;
    const widget = this.find(path) ?? this.create(path);
    if (!widget.isAttached) {
      shell.add(widget, 'main', { mode: 'split-right' });
      // Notebook 7 reserves its main area for one document.
      if (!widget.isAttached) {
        shell.add(widget, 'down');
      }
      await this.tracker.add(widget);
    }
    shell.activateById(widget.id);
  }

  /** Creates a tab; the restorer puts it in its place. */
  async restore(path: string): Promise<void> {
    if (this.find(path) === undefined) {
      const widget = this.create(path);
      this.context.shell.add(widget, 'main', { activate: false });
      await this.tracker.add(widget);
    }
  }

  restoredBy(restorer: ILayoutRestorer | null, command: string): void {
    const path = (widget: ExportWidget): string => this.subjects.get(widget)?.path ?? '';
    void restorer?.restore(this.tracker, { command, name: path, args: widget => ({ path: path(widget), restored: true }) });
  }

  /** Forgets what open tabs show: it may be another person's. */
  forget(): void {
    this.tracker.forEach(widget => widget.content.ask(handle => handle.forget()));
  }

  private find(path: string): ExportWidget | undefined {
    return [...this.subjects].find(([, subject]) => subject.path === path)?.[0];
  }

  private create(path: string): ExportWidget {
    const { documents, loader, services, trans } = this.context;
    const subject = new ExportSubject(
      path,
      documents,
      services.contents,
      () => services.kernelspecs.specs?.default
    );
    const content = new TabContent(loader, (ship: Ship, node: HTMLElement) => ship.open_export(node, this.options(subject)));
    // Without this, JupyterLab creates a toolbar that leaves listeners and elements behind.
    const toolbar = new Toolbar();
    toolbar.hide();
    const widget: ExportWidget = new MainAreaWidget({ content, toolbar });
    widget.id = `berdl-spark-monitor:export-${(this.count += 1)}`;
    widget.title.icon = icon;
    let labelled: string | undefined;
    const label = (): void => {
      labelled = subject.path;
      widget.title.label = trans.__('Export %1', PathExt.basename(labelled));
      content.node.setAttribute('aria-label', widget.title.label);
    };
    label();
    // A tab behind others opens late: until then only the newest text is kept for it.
    let isQueued = false;
    subject.changed.connect(() => {
      if (!isQueued) {
        isQueued = true;
        content.ask(handle => {
          isQueued = false;
          if (subject.document) {
            handle.set_document(subject.document);
          }
        });
      }
      if (subject.path !== labelled) {
        label();
        void this.tracker.save(widget);
      }
    });
    this.subjects.set(widget, subject);
    widget.disposed.connect(() => {
      this.subjects.delete(widget);
      subject.dispose();
    });
    return widget;
  }

  private options(subject: ExportSubject): ExportOptions {
    const { documents, services, trans } = this.context;
    const files = { contents: services.contents, documents, trans };
    return {
      on_jump: (cell, line) => subject.jump(cell, line),
      on_open_document: () => void subject.reveal(),
      on_start_kernel: () => this.kernels.start(subject.path, subject.document?.kernel_name),
      on_end_kernel: id =>
        void this.kernels.end(id).catch((reason: unknown) => console.warn('Spark Monitor cannot end a kernel', reason)),
      on_save: saveFile,
      on_save_output: (file, startedAt) => saveOutput(files, subject.path, file, startedAt),
      on_scheduler: () => this.scheduler.environment(),
      on_schedule: (notebook, parameters) => this.scheduler.submit(subject.path, notebook, parameters)
    };
  }

  private count = 0;
  private readonly kernels: ExportKernels;
  private readonly scheduler: ExportScheduler;
  private readonly subjects = new Map<ExportWidget, ExportSubject>();
  private readonly tracker = new WidgetTracker<ExportWidget>({ namespace: 'berdl-spark-monitor-export' });
}
