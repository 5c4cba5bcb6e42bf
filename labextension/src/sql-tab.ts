/** The tab "Spark SQL", restored with its text. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Desk, SqlHandle, SqlOptions } from 'berdl-spark-monitor-ui/desk.js';

import { copyText } from './copy';
import type { Notebooks } from './notebooks';
import { saveFile } from './save-file';
import type { SavedSql } from './saved-sql';
import { SingleTab } from './single-tab';
import { createSqlEditor } from './sql-editor';
import type { UiLoader } from './wasm';

/** What the tab needs from the rest. */
export interface SqlContext {
  shell: JupyterFrontEnd.IShell;
  loader: UiLoader<Desk>;
  trans: TranslationBundle;
  editors: IEditorServices;
  notebooks: Notebooks;
  saved: SavedSql;
  /** Opens the panel at a query. */
  showQuery: (queryId: string) => void;
}

export class SqlTab extends SingleTab<Desk, SqlHandle> {
  constructor(context: SqlContext) {
    const { shell, loader, trans, notebooks, saved } = context;
    const tell = (sql: SqlHandle): void => sql.set_notebook(notebooks.current?.title, notebooks.current?.session_id);
    const draw = (desk: Desk, node: HTMLElement): SqlHandle => {
      const sql = desk.open_sql(node, options(context));
      tell(sql);
      return sql;
    };
    super(shell, loader, 'sql', trans.__('Spark SQL'), draw, saved.ready);
    notebooks.changed.connect(() => this.widget?.content.ask(tell));
  }

  /** Forgets what another person has read. */
  forget(): void {
    this.widget?.content.ask(sql => sql.forget());
  }
}

function options({ editors, notebooks, saved, showQuery, trans }: SqlContext): SqlOptions {
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
