/** The tabs "Spark query": one for each query, restored with the layout. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import type { Detail, QueryHandle } from 'berdl-spark-monitor-ui/detail.js';

import { copyText } from './copy';
import { icon } from './icon';
import type { Notebooks } from './notebooks';
import { saveFile } from './save-file';
import type { SavedApp } from './saved-app';
import type { Settings } from './settings';
import { TabContent } from './tab';
import type { UiLoader } from './wasm';

type QueryWidget = MainAreaWidget<TabContent<Detail, QueryHandle>>;

/** Characters of a query's name in the tab's label. */
const LONGEST_LABEL = 30;

/** One query of one application. */
export interface QuerySubject {
  queryId: string;
  /** Undefined until the first answer names it. */
  appId: string | undefined;
  /** Tells tabs apart in a stored layout, which is not stored again when the application becomes known. */
  key?: string | undefined;
}

export class QueryTabs {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly loader: UiLoader<Detail>,
    private readonly trans: TranslationBundle,
    private readonly savedApp: SavedApp,
    private readonly notebooks: Notebooks,
    private readonly settings: Settings,
    private readonly compare: (appId: string, queryId: string) => void,
    private readonly goToCell: (appId: string, queryId: string) => void
  ) {
    settings.changed.connect(() => {
      this.tracker.forEach(widget => widget.content.ask(handle => handle.set_muted(this.muted)));
    });
  }

  /** Brings a query's tab to the front, and opens it if it is not open. Without an application it is the panel's. */
  async show({ queryId, appId }: QuerySubject): Promise<void> {
    this.notebooks.cancelJumps();
    // Whether the last layout has the tab is not known earlier.
    await Promise.all([this.loader.started, this.savedApp.ready]);
    const subject = { queryId, appId: appId ?? this.savedApp.id };
    const widget = this.find(subject) ?? this.create(subject);
    if (!widget.isAttached) {
      this.shell.add(widget, 'main', { mode: 'tab-after' });
      // Notebook 7 reserves its main area for one document.
      if (!widget.isAttached) {
        this.shell.add(widget, 'down');
      }
      await this.tracker.add(widget);
    }
    this.shell.activateById(widget.id);
  }

  /** Creates a tab; the restorer puts it in its place. */
  async restore(subject: QuerySubject): Promise<void> {
    if (this.find(subject) === undefined) {
      const widget = this.create(subject);
      this.shell.add(widget, 'main', { activate: false });
      await this.tracker.add(widget);
    }
  }

  restoredBy(restorer: ILayoutRestorer | null, command: string): void {
    const subject = (widget: QueryWidget): QuerySubject => this.subjects.get(widget) ?? { queryId: '', appId: undefined };
    const name = (widget: QueryWidget): string => [subject(widget).queryId, subject(widget).key].join(':');
    void restorer?.restore(this.tracker, {
      command,
      name,
      args: widget => {
        const { queryId, appId, key = '' } = subject(widget);
        return { query_id: queryId, ...(appId === undefined ? {} : { app_id: appId }), key, restored: true };
      }
    });
  }

  /** Forgets what open tabs show: it may be another person's. */
  forget(): void {
    this.tracker.forEach(widget => widget.content.ask(handle => handle.forget()));
  }

  private get muted(): string {
    return this.settings.mutedFindings.join(',');
  }

  private find({ queryId, appId }: QuerySubject): QueryWidget | undefined {
    return [...this.subjects].find(([, known]) => known.queryId === queryId && known.appId === appId)?.[0];
  }

  private create(subject: QuerySubject): QueryWidget {
    const known = { ...subject, key: subject.key ?? Date.now().toString(36) };
    const label = (name: string): void => {
      const short = name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name;
      widget.title.label = short;
      widget.title.caption = this.trans.__('Spark query: %1', name);
      content.node.setAttribute('aria-label', widget.title.caption);
    };
    const content = new TabContent(this.loader, (detail: Detail, node: HTMLElement) =>
      detail.open_query(node, {
        query_id: known.queryId,
        app_id: known.appId,
        on_known: (appId, name) => {
          const same = known.appId === undefined ? this.find({ queryId: known.queryId, appId }) : undefined;
          if (same) {
            // It was open already, which nobody could know before. The bundle that calls must return first.
            setTimeout(() => {
              // A person may have gone elsewhere in the meantime.
              if (widget.isVisible) {
                this.shell.activateById(same.id);
              }
              widget.dispose();
            });
            return;
          }
          known.appId = appId;
          label(name || known.queryId);
          void this.tracker.save(widget);
        },
        on_copy: copyText,
        is_mine: sessionId => this.notebooks.isOurs(sessionId),
        notebook_of: (sessionId, appId) => {
          const notebook = this.notebooks.of(sessionId, appId);
          return notebook && [notebook.title, notebook.shift];
        },
        on_cell: this.goToCell,
        muted: this.muted,
        on_mute: (rule, muted) => this.settings.muteFindings(rule, muted),
        on_save: (text, name) => {
          saveFile(new Blob([text]), name);
        },
        on_compare: this.compare
      })
    );
    // Without this, JupyterLab creates a toolbar that leaves listeners and elements behind.
    const toolbar = new Toolbar();
    toolbar.hide();
    const widget: QueryWidget = new MainAreaWidget({ content, toolbar });
    widget.id = `berdl-spark-monitor:query-${(this.count += 1)}`;
    widget.title.icon = icon;
    label(known.queryId);
    this.subjects.set(widget, known);
    widget.disposed.connect(() => this.subjects.delete(widget));
    return widget;
  }

  private count = 0;
  private readonly subjects = new Map<QueryWidget, QuerySubject>();
  private readonly tracker = new WidgetTracker<QueryWidget>({ namespace: 'berdl-spark-monitor-query' });
}
