/** The context menus of the panel's rows, by mouse or keyboard. Each row says which entries it offers. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { PanelContent } from './panel-content';
import { openOnDoubleClick } from './row-double-click';
import { QUERY_ROW, queryOf } from './row-name';

/** What a person can do with a query beyond the panel. */
export interface QueryActions {
  open: (queryId: string) => Promise<unknown>;
  compare: (queryId: string) => Promise<unknown>;
}

/** What takes the focus in the panel. */
const FOCUSABLE = 'a[href], button, input, select, summary, [tabindex]';

/**
 * Adds an item for each entry. To add one: its name and its label here, in the menu's order; and a line with the same
 * name in the row's list in `frontend-wasm/sidebar/src/components/row_menu.rs`, which decides when it applies and what
 * it does.
 */
export function addRowMenu(
  app: JupyterFrontEnd,
  content: PanelContent,
  trans: TranslationBundle,
  query: QueryActions
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
  // These are other tabs, so the panel's bundle has no part in them.
  const others: [command: string, label: string, act: (queryId: string) => Promise<unknown>][] = [
    ['berdl-spark-monitor:row-open-query', trans.__('Open Query'), query.open],
    ['berdl-spark-monitor:row-compare-query', trans.__('Compare Query'), query.compare]
  ];
  others.forEach(([command, label, act], place) => {
    app.commands.addCommand(command, {
      label,
      execute: async () => {
        const queryId = queryOf(row());
        if (queryId !== undefined) {
          await act(queryId);
        }
      }
    });
    app.contextMenu.addItem({ command, selector: QUERY_ROW, rank: place - others.length });
  });
  openOnDoubleClick(queryId => void query.open(queryId));
  // A finding names its query.
  document.addEventListener('click', ({ target }) => {
    const named = target instanceof Element ? target.closest<HTMLElement>('.sparkMonitor-Panel [data-query]') : null;
    const queryId = named?.dataset['query'];
    if (queryId !== undefined) {
      void query.open(queryId);
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
