/** The context menus of the panel's rows, by mouse or keyboard. Each row says which entries it offers. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { PanelContent } from './panel-content';

/** What takes the focus in the panel. */
const FOCUSABLE = 'a[href], button, input, select, summary, [tabindex]';

/** How the name of a query's row begins; the query's id follows. */
const QUERY = 'query/';

/**
 * Adds an item for each entry. To add one: its name and its label here, in the menu's order; and a line with the same
 * name in the row's list in `frontend-wasm/sidebar/src/components/row_menu.rs`, which decides when it applies and what
 * it does.
 */
export function addRowMenu(
  app: JupyterFrontEnd,
  content: PanelContent,
  trans: TranslationBundle,
  openQuery: (queryId: string) => Promise<void>
): void {
  const labels: [entry: string, label: string][] = [
    ['go-to-cell', trans.__('Go to Cell')],
    ['unfold', trans.__('Show Details')],
    ['fold', trans.__('Hide Details')],
    ['copy-name', trans.__('Copy Name')],
    ['copy-sql', trans.__('Copy SQL')],
    ['copy-executor', trans.__('Copy Executor')],
    ['copy-app-id', trans.__('Copy Application ID')],
    ['copy-driver-address', trans.__('Copy Driver Address')]
  ];
  // What the menu was opened on. The menu key may send a second event, to the menu itself.
  let opened: Element | undefined;
  const remember = ({ target }: Event): void => {
    // Not every element is an HTMLElement: a row may contain an SVG.
    if (target instanceof Element && target.closest('.lm-Menu') === null) {
      opened = target.closest('.sparkMonitor-Panel') ? target : undefined;
    }
  };
  document.addEventListener('contextmenu', remember, { capture: true });
  const row = (): string => opened?.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? '';
  labels.forEach(([entry, label], rank) => {
    const command = `berdl-spark-monitor:row-${entry}`;
    app.commands.addCommand(command, {
      label,
      execute: () => content.choose(row(), entry)
    });
    app.contextMenu.addItem({ command, selector: `.sparkMonitor-Panel [data-menu~="${entry}"]`, rank });
  });
  // A query's page is another tab, so the panel's bundle has no part in it.
  const open = 'berdl-spark-monitor:row-open-query';
  app.commands.addCommand(open, {
    label: trans.__('Open Query'),
    execute: async () => {
      const queryId = queryOf(row());
      if (queryId !== undefined) {
        await openQuery(queryId);
      }
    }
  });
  app.contextMenu.addItem({ command: open, selector: `.sparkMonitor-Panel [data-row^="${QUERY}"]`, rank: -1 });
  openOnDoubleClick(queryId => void openQuery(queryId));
  // A finding names its query.
  document.addEventListener('click', ({ target }) => {
    const named = target instanceof Element ? target.closest<HTMLElement>('.sparkMonitor-Panel [data-query]') : null;
    const queryId = named?.dataset['query'];
    if (queryId !== undefined) {
      void openQuery(queryId);
    }
  });
  // A closed menu leaves the focus nowhere, and a keyboard would have to start again.
  app.contextMenu.menu.aboutToClose.connect(() => {
    const before = opened;
    setTimeout(() => {
      if (document.activeElement === document.body) {
        before?.closest<HTMLElement>(FOCUSABLE)?.focus();
      }
    });
  });
}

/** The query of a row. */
function queryOf(row: string): string | undefined {
  return row.startsWith(QUERY) ? row.slice(QUERY.length) : undefined;
}

/** A double click means the row of its first press: before the second the list may move, or be drawn anew. */
function openOnDoubleClick(open: (queryId: string) => void): void {
  let pressed: string | undefined;
  const follow = ({ target, detail, button }: MouseEvent): void => {
    if (detail === 1 && button === 0) {
      pressed = target instanceof Element ? pressedQuery(target) : undefined;
    }
  };
  // There is no `dblclick` if the row is drawn anew during the second press.
  const finish = ({ detail, button }: MouseEvent): void => {
    const queryId = queryOf(pressed ?? '');
    if (detail === 2 && button === 0 && queryId !== undefined) {
      // The click that follows may go to a cell, and would bring the notebook to the front.
      setTimeout(() => open(queryId));
    }
  };
  const spareOthers = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? rowOf(event.target) : undefined;
    if (event.detail === 2 && pressed !== undefined && row !== pressed) {
      event.stopPropagation();
    }
  };
  document.addEventListener('mousedown', follow, { capture: true });
  document.addEventListener('mouseup', finish, { capture: true });
  document.addEventListener('click', spareOthers, { capture: true });
}

/** The row of a query that a double click on `target` opens. */
function pressedQuery(target: Element): string | undefined {
  // In code a double click chooses a word, and other buttons have their own effect.
  const part = target.closest('a, button, code, pre');
  const isName = part === null || part.matches('.sparkMonitor-Query-button, .sparkMonitor-Recent-button, .sparkMonitor-Jump');
  return isName ? rowOf(target) : undefined;
}

/** The name of the query's row with this element. */
function rowOf(target: Element): string | undefined {
  return target.closest<HTMLElement>(`.sparkMonitor-Panel [data-row^="${QUERY}"]`)?.dataset['row'];
}
