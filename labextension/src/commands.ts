/** The commands in the palette, the View menu, the launcher and behind a shortcut. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { IMainMenu } from '@jupyterlab/mainmenu';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ApplicationsTab } from './applications-tab';
import type { ChartsTab } from './charts-tab';
import { addCheckCommands, ALLOW_AGENTS, CHECK_CELL, CHECK_NOTEBOOK, type CheckParts } from './check-commands';
import type { CompareTab } from './compare-tab';
import type { ExportTabs } from './export-tabs';
import { icon } from './icon';
import type { MyQueriesTab } from './my-queries-tab';
import type { PanelContent } from './panel-content';
import type { PanelSlot } from './panel-slot';
import type { QueryTabs } from './query-tabs';
import type { ReportTab } from './report-tab';
import { addRowMenu } from './row-menu';
import type { SqlTab } from './sql-tab';
import type { StorageTab } from './storage-tab';
import type { Chip } from './status';
import type { UsageTab } from './usage-tab';

const OPEN = 'berdl-spark-monitor:open';
const REFRESH = 'berdl-spark-monitor:refresh';
const PAUSE = 'berdl-spark-monitor:pause';
export const OPEN_REPORT = 'berdl-spark-monitor:open-report';
export const OPEN_USAGE = 'berdl-spark-monitor:open-usage';
const COPY_REPORT = 'berdl-spark-monitor:copy-report';
export const OPEN_CHARTS = 'berdl-spark-monitor:open-charts';
export const OPEN_MY_QUERIES = 'berdl-spark-monitor:open-my-queries';
export const OPEN_APPLICATION = 'berdl-spark-monitor:open-application';
export const OPEN_SQL = 'berdl-spark-monitor:open-sql';
export const OPEN_QUERY = 'berdl-spark-monitor:open-query';
export const OPEN_COMPARE = 'berdl-spark-monitor:open-compare';
export const OPEN_STORAGE = 'berdl-spark-monitor:open-storage';
export const EXPORT_NOTEBOOK = 'berdl-spark-monitor:export-notebook';

/** The parts that commands act on. */
export interface Parts {
  panel: PanelSlot;
  content: PanelContent;
  chip: Chip;
  report: ReportTab;
  usage: UsageTab;
  charts: ChartsTab;
  myQueries: MyQueriesTab;
  applications: ApplicationsTab;
  queries: QueryTabs;
  compare: CompareTab;
  storage: StorageTab;
  /** Undefined where no SQL is run. */
  sql: SqlTab | undefined;
  /** Undefined where no notebook is exported. */
  exports: ExportTabs | undefined;
  /** Undefined where no program is checked. */
  check: CheckParts | undefined;
}

/** Where JupyterLab lists commands; some shells lack some of these. */
export interface Places {
  palette: ICommandPalette | null;
  mainMenu: IMainMenu | null;
  launcher: ILauncher | null;
}

export class Commands {
  constructor(
    private readonly app: JupyterFrontEnd,
    trans: TranslationBundle,
    { panel, content, chip, report, usage, charts, myQueries, applications, queries, compare, storage, sql, exports, check }: Parts
  ) {
    const { commands } = app;
    commands.addCommand(OPEN, {
      label: trans.__('Spark Monitor'),
      caption: trans.__('Show or hide Spark Monitor'),
      isToggleable: true,
      isToggled: () => panel.isVisible,
      execute: () => panel.toggle()
    });
    commands.addCommand(REFRESH, {
      label: trans.__('Refresh Spark Monitor'),
      caption: trans.__('Ask Spark for everything that is shown, now'),
      execute: () => {
        content.order('refresh');
        chip.refresh();
      }
    });
    commands.addCommand(PAUSE, {
      label: trans.__('Pause Spark Monitor'),
      caption: trans.__('Stop updating the panel, or go on'),
      isToggleable: true,
      isToggled: () => this.paused,
      execute: () => content.order('toggle-pause')
    });
    commands.addCommand(OPEN_REPORT, {
      label: trans.__('Connection report'),
      caption: trans.__('Check each hop from the browser to Spark'),
      icon,
      execute: ({ restored }) => (restored === true ? report.restore() : report.open())
    });
    commands.addCommand(OPEN_USAGE, {
      label: trans.__('Spark usage'),
      caption: trans.__('Tasks, cores and memory of the last minutes as a chart'),
      icon,
      execute: ({ restored }) => (restored === true ? usage.restore() : usage.show())
    });
    commands.addCommand(OPEN_CHARTS, {
      label: trans.__('Spark charts'),
      caption: trans.__('Cores, memory, workers and applications of the last hours, days or months'),
      icon,
      execute: ({ restored }) => (restored === true ? charts.restore() : charts.show())
    });
    commands.addCommand(OPEN_MY_QUERIES, {
      label: trans.__('My queries'),
      caption: trans.__('What you have run, which runs were slower than usual, and why'),
      icon,
      execute: ({ restored }) => (restored === true ? myQueries.restore() : myQueries.show())
    });
    commands.addCommand(OPEN_APPLICATION, {
      label: trans.__('Spark applications'),
      caption: trans.__('What was seen of each application, running or gone'),
      icon,
      execute: ({ restored, app_id }) =>
        restored === true ? applications.restore() : applications.open(typeof app_id === 'string' ? app_id : undefined)
    });
    commands.addCommand(COPY_REPORT, {
      label: trans.__('Copy Spark Connection Report'),
      caption: trans.__('Check each hop from the browser to Spark, and copy what was found'),
      execute: () => report.copy()
    });
    // It needs a query, so no menu and no palette has it.
    commands.addCommand(OPEN_QUERY, {
      label: trans.__('Spark query'),
      caption: trans.__('The stages and the plan of one query'),
      icon,
      isEnabled: ({ query_id }) => typeof query_id === 'string',
      isVisible: ({ query_id }) => typeof query_id === 'string',
      execute: async ({ restored, query_id, app_id, key }) => {
        if (typeof query_id === 'string') {
          const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
          const subject = { queryId: query_id, appId: text(app_id), key: text(key) };
          await (restored === true ? queries.restore(subject) : queries.show(subject));
        }
      }
    });
    // `pair` has the ids of an application and its query, and those of the second one if it is chosen already.
    commands.addCommand(OPEN_COMPARE, {
      label: trans.__('Compare queries'),
      caption: trans.__('Two queries side by side, or two runs of the same: what differs comes first'),
      icon,
      execute: ({ restored, pair }) => (restored === true ? compare.restoreWith(pair) : compare.open(pair))
    });
    commands.addCommand(OPEN_STORAGE, {
      label: trans.__('Spark storage'),
      caption: trans.__('Cached tables and DataFrames, where they are, and how to release them'),
      icon,
      execute: ({ restored }) => (restored === true ? storage.restore() : storage.show())
    });
    addRowMenu(app, content, trans, {
      open: queryId => queries.show({ queryId, appId: undefined }),
      compare: queryId => compare.openOf(queryId)
    });
    if (sql !== undefined) {
      commands.addCommand(OPEN_SQL, {
        label: trans.__('Spark SQL'),
        caption: trans.__('Run SQL on Spark Connect, and look at tables'),
        icon,
        execute: ({ restored }) => (restored === true ? sql.restore() : sql.show())
      });
      this.tabs.push(OPEN_SQL);
    }
    if (exports !== undefined) {
      this.addExport(exports, trans);
    }
    if (check !== undefined) {
      addCheckCommands(app, trans, check);
    }
    panel.changed.connect(() => commands.notifyCommandChanged(OPEN));
  }

  offer({ palette, mainMenu, launcher }: Places, category: string): void {
    const { commands } = this.app;
    const known = (some: string[]): string[] => some.filter(command => commands.hasCommand(command));
    const items = [OPEN, REFRESH, PAUSE, COPY_REPORT, ...known([ALLOW_AGENTS]), ...this.tabs].map(command => ({ command }));
    items.forEach(item => palette?.addItem({ ...item, category }));
    known([EXPORT_NOTEBOOK, CHECK_CELL, CHECK_NOTEBOOK]).forEach(command => palette?.addItem({ command, category }));
    mainMenu?.viewMenu.addGroup(items, 20);
    this.tabs.forEach(command => launcher?.add({ command, category }));
    this.tabs.forEach((command, place) => {
      this.app.contextMenu.addItem({ command, selector: '.sparkMonitor-Panel', rank: 100 + place });
    });
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.app.commands.notifyCommandChanged(PAUSE);
  }

  /** It is about the document in front, so neither the launcher nor the View menu has it. */
  private addExport(exports: ExportTabs, trans: TranslationBundle): void {
    const { commands, contextMenu } = this.app;
    commands.addCommand(EXPORT_NOTEBOOK, {
      label: trans.__('Export notebook'),
      caption: trans.__('Make a job of this notebook'),
      icon,
      isEnabled: ({ path }) => path !== undefined || exports.current !== undefined,
      execute: async ({ restored, path }) => {
        const subject = typeof path === 'string' ? path : exports.current;
        if (subject !== undefined) {
          await (restored === true ? exports.restore(subject) : exports.show(subject));
        }
      }
    });
    for (const selector of ['.jp-Notebook', '.jp-FileEditor']) {
      contextMenu.addItem({ command: EXPORT_NOTEBOOK, selector, rank: 100 });
    }
  }

  /** Commands that open a tab. */
  private readonly tabs = [OPEN_USAGE, OPEN_CHARTS, OPEN_MY_QUERIES, OPEN_APPLICATION, OPEN_COMPARE, OPEN_STORAGE, OPEN_REPORT];
  private paused = false;
}
