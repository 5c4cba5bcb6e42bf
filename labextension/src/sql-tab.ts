/** The tab "Spark SQL": at most one, restored with the layout and its text. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import type { SqlHandle, SqlOptions, Workbench } from 'berdl-spark-monitor-ui/workbench.js';

import { copyText } from './copy';
import { icon } from './icon';
import type { Notebooks } from './notebooks';
import { saveFile } from './save-file';
import type { SavedSql } from './saved-sql';
import { createSqlEditor } from './sql-editor';
import { TabContent } from './tab';
import type { UiLoader } from './wasm';

const ID = 'berdl-spark-monitor:sql';

type SqlWidget = MainAreaWidget<TabContent<SqlHandle>>;

/** What the tab needs from the rest. */
export interface SqlContext {
  shell: JupyterFrontEnd.IShell;
  loader: UiLoader<Workbench>;
  trans: TranslationBundle;
  editors: IEditorServices;
  notebooks: Notebooks;
  saved: SavedSql;
  /** Opens the panel at a query. */
  showQuery: (queryId: string) => void;
}

export class SqlTab {
  constructor(private readonly context: SqlContext) {}

  /** Opens the tab, or brings it to the front. */
  async open(): Promise<SqlWidget> {
    const { loader, saved, shell } = this.context;
    // Whether the last layout has the tab is not known earlier.
    await Promise.all([loader.started, saved.ready]);
    const widget = this.tracker.find(() => true) ?? this.create();
    if (!widget.isAttached) {
      shell.add(widget, 'main');
      // Notebook 7 reserves its main area for one document.
      if (!widget.isAttached) {
        shell.add(widget, 'down');
      }
      await this.tracker.add(widget);
    }
    shell.activateById(ID);
    return widget;
  }

  /** Forgets what another person has read. */
  forget(): void {
    this.tracker.find(() => true)?.content.ask(sql => sql.forget());
  }

  /** Calls `command`, with `restored`, for a tab that was open before a reload. */
  restoredBy(restorer: ILayoutRestorer | null, command: string): void {
    void restorer?.restore(this.tracker, { command, name: () => 'sql', args: () => ({ restored: true }) });
  }

  /** Creates the tab; the restorer puts it in its place. */
  async restore(): Promise<void> {
    await this.context.saved.ready;
    // It may have been opened meanwhile.
    if (this.tracker.find(() => true)) {
      return;
    }
    const widget = this.create();
    this.context.shell.add(widget, 'main', { activate: false });
    await this.tracker.add(widget);
  }

  private create(): SqlWidget {
    const { loader, trans } = this.context;
    const content: TabContent<SqlHandle> = new TabContent(loader, (workbench, node) =>
      this.draw(workbench, node, content)
    );
    // Without this, JupyterLab creates a toolbar that leaves listeners and elements behind.
    const toolbar = new Toolbar();
    toolbar.hide();
    const widget: SqlWidget = new MainAreaWidget({ content, toolbar });
    const label = trans.__('Spark SQL');
    widget.id = ID;
    widget.title.label = label;
    widget.title.icon = icon;
    content.node.setAttribute('aria-label', label);
    return widget;
  }

  private draw(workbench: Workbench, node: HTMLElement, content: TabContent<SqlHandle>): SqlHandle {
    const { notebooks } = this.context;
    const handle = workbench.open_sql(node, this.options());
    const tell = (): void => {
      const current = notebooks.current;
      handle.set_notebook(current?.title, current?.session_id);
    };
    tell();
    notebooks.changed.connect(tell);
    content.disposed.connect(() => notebooks.changed.disconnect(tell));
    return handle;
  }

  private options(): SqlOptions {
    const { editors, notebooks, saved, showQuery, trans } = this.context;
    const hint = trans.__('Write SQL here, and run it with Shift+Enter.');
    return {
      text: saved.text,
      on_editor: (host, label, text, onChange, onRun) =>
        createSqlEditor(editors, { host, label, text, hint, onChange, onRun }),
      on_text: text => saved.save(text),
      on_copy: copyText,
      on_insert_cell: code => Promise.resolve(notebooks.insertCell(code)),
      on_show_query: showQuery,
      on_save: saveFile
    };
  }

  private readonly tracker = new WidgetTracker<SqlWidget>({ namespace: 'berdl-spark-monitor-sql' });
}
