/** The plugin: mounts chip, panel and tabs, but only if the server says that the extension is enabled. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IConsoleTracker } from '@jupyterlab/console';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ILauncher } from '@jupyterlab/launcher';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { MountOptions } from 'berdl-spark-monitor-ui';

import { desk, detail, shelf, ship, type Speak, sidebar, workbench } from './bundles';
import { Agents } from './agents';
import { ApplicationsTab } from './applications-tab';
import { Assistant } from './assistant';
import { ChartsTab } from './charts-tab';
import { Checks } from './check';
import type { CheckParts } from './check-commands';
import {
  Commands,
  EXPORT_NOTEBOOK,
  OPEN_APPLICATION,
  OPEN_CHARTS,
  OPEN_COMPARE,
  OPEN_MY_QUERIES,
  OPEN_QUERY,
  OPEN_REPORT,
  OPEN_SQL,
  OPEN_STORAGE,
  OPEN_USAGE
} from './commands';
import { CompareTab } from './compare-tab';
import { addExportButton } from './export-button';
import { ExportTabs } from './export-tabs';
import { KernelActivity } from './kernels';
import { languageOf } from './language';
import { MyQueriesTab } from './my-queries-tab';
import { goToRan } from './go-to-ran';
import { Notebooks } from './notebooks';
import { Notices } from './notices';
import { PanelContent } from './panel-content';
import { PanelSlot } from './panel-slot';
import { QueryTabs } from './query-tabs';
import { ReportTab } from './report-tab';
import { SavedApp } from './saved-app';
import { SavedSql } from './saved-sql';
import { Settings } from './settings';
import { ownHeaders } from './sidecar';
import { SqlTab } from './sql-tab';
import { Chip } from './status';
import { StorageTab } from './storage-tab';
import { UsageTab } from './usage-tab';
import { UiLoader } from './wasm';

const PLUGIN = 'berdl-spark-monitor:plugin';
/** The domain of the translations; JupyterLab itself would replace only the first of two hyphens. */
const DOMAIN = 'berdl_spark_monitor';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Shows what the Spark cluster and its queries are doing.',
  autoStart: true,
  optional: [
    IStatusBar,
    ILayoutRestorer,
    ICommandPalette,
    IMainMenu,
    ILauncher,
    ITranslator,
    INotebookTracker,
    IConsoleTracker,
    IStateDB,
    ISettingRegistry,
    IEditorServices,
    IDocumentManager,
    IToolbarWidgetRegistry
  ],
  activate
};

function activate(
  app: JupyterFrontEnd,
  statusBar: IStatusBar | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  mainMenu: IMainMenu | null,
  launcher: ILauncher | null,
  translator: ITranslator | null,
  tracker: INotebookTracker | null,
  consoles: IConsoleTracker | null,
  state: IStateDB | null,
  registry: ISettingRegistry | null,
  editors: IEditorServices | null,
  documents: IDocumentManager | null,
  toolbars: IToolbarWidgetRegistry | null
): void {
  // If the extension is not enabled, nobody should notice that it is installed.
  if (PageConfig.getOption('sparkMonitorEnabled') !== 'true') {
    registry?.transform(PLUGIN, { fetch: silenced });
    return;
  }
  const language = translator ?? nullTranslator;
  const trans = language.load(DOMAIN);
  const settings = new Settings(registry, PLUGIN, trans);
  const restored = Promise.all([app.restored, settings.ready]);
  const { serverSettings } = app.serviceManager;
  const url = `${URLExt.join(serverSettings.baseUrl, 'berdl/api/spark-monitor')}/`;
  const headers = ownHeaders(serverSettings);
  const speak: Speak = texts => languageOf(texts, language, trans);
  const loader = new UiLoader(trans, restored, async () => new (await sidebar(speak)).Frontend(url, headers));
  const tabs = new UiLoader(trans, app.restored, async () => new (await workbench(speak)).Workbench(url, headers));
  const sqlTabs = new UiLoader(trans, app.restored, async () => new (await desk(speak)).Desk(url, headers));
  const exportTabs = new UiLoader(trans, app.restored, async () => new (await ship(speak)).Ship(url, headers));
  const detailTabs = new UiLoader(trans, app.restored, async () => new (await detail(speak)).Detail(url, headers));
  const shelfTabs = new UiLoader(trans, app.restored, async () => new (await shelf(speak)).Shelf(url, headers));
  const kernels = new KernelActivity([tracker, consoles], app.serviceManager.sessions);
  const notebooks = new Notebooks(tracker, kernels, app.shell);
  void notebooks.obey(settings);
  new Notices({ url, server: serverSettings, notebooks, settings, trans });
  const options: MountOptions = {
    on_open: () => {
      panel.open();
      if (chip.part !== undefined) {
        content.show(chip.part);
      }
    },
    on_paused: paused => commands.setPaused(paused),
    on_open_tab: tab => void app.commands.execute(tab === 'usage' ? OPEN_USAGE : OPEN_REPORT),
    on_session_changed: () => {
      report.forget();
      usage.forget();
      charts.forget();
      myQueries.forget();
      applications.forget();
      queries.forget();
      compare.forget();
      storage.forget();
      sql?.forget();
      exports?.forget();
    }
  };

  const chip = new Chip(statusBar, loader, options, kernels, settings);
  void chip.start();

  const content = new PanelContent(settings);
  const savedApp = new SavedApp(state);
  const ready = Promise.all([savedApp.ready, settings.ready]);
  const panel = new PanelSlot(app.shell, { loader, options, kernels, savedApp, content, notebooks, trans, ready });
  panel.add();
  restorer?.add(panel.widget, panel.widget.id);
  // Only after the last layout is restored, which takes precedence over the setting's default.
  void restored.then(() => {
    const place = (): void => panel.obey(settings.side);
    settings.changed.connect(place);
    place();
  });

  chip.changed.connect((_, cluster) => panel.showState(cluster));

  const report = new ReportTab(app.shell, tabs, trans);
  const usage = new UsageTab(app.shell, tabs, trans, savedApp);
  const charts = new ChartsTab(app.shell, tabs, trans);
  const applications = new ApplicationsTab(app.shell, tabs, trans);
  const openApp = (appId: string): void => void applications.open(appId);
  const openCompared = (appId: string, queryId: string): void => void compare.open([appId, queryId]);
  const goToCell = goToRan({ url, server: serverSettings, notebooks, trans });
  const myQueries = new MyQueriesTab(app.shell, tabs, trans, {
    openApp,
    compare: openCompared,
    goToCell
  });
  const queries = new QueryTabs(app.shell, detailTabs, trans, savedApp, notebooks, settings, openCompared, goToCell);
  const compare = new CompareTab({
    shell: app.shell,
    loader: shelfTabs,
    trans,
    savedApp,
    openQuery: (appId, queryId) => void queries.show({ queryId, appId })
  });
  const storage = new StorageTab(app.shell, shelfTabs, trans, savedApp);
  const showQuery = (queryId: string): void => {
    panel.open();
    content.show(`query-${queryId}`);
  };
  // Jupyter's own environment decides whether the sidecar runs SQL.
  const sql =
    editors !== null && PageConfig.getOption('sparkMonitorSql') === 'true'
      ? new SqlTab({ shell: app.shell, loader: sqlTabs, trans, editors, notebooks, saved: new SavedSql(state), showQuery })
      : undefined;
  const exports =
    documents !== null && PageConfig.getOption('sparkMonitorExport') === 'true'
      ? new ExportTabs({ shell: app.shell, loader: exportTabs, trans, documents, tracker, services: app.serviceManager })
      : undefined;
  const check =
    tracker !== null && PageConfig.getOption('sparkMonitorAssistant') === 'true'
      ? checkParts(app.shell, new Assistant(url, serverSettings, trans), tracker, trans)
      : undefined;
  // Only for the command's look, so it need not delay the page.
  void app.restored.then(() => check?.agents.load());
  const parts = { panel, content, chip, report, usage, charts, myQueries, applications, queries, compare, storage, sql, exports, check };
  const commands = new Commands(app, trans, parts);
  commands.offer({ palette, mainMenu, launcher }, trans.__('Spark'));
  if (exports !== undefined && toolbars !== null) {
    addExportButton(toolbars, app.commands, trans);
  }
  report.restoredBy(restorer, OPEN_REPORT);
  usage.restoredBy(restorer, OPEN_USAGE);
  charts.restoredBy(restorer, OPEN_CHARTS);
  myQueries.restoredBy(restorer, OPEN_MY_QUERIES);
  applications.restoredBy(restorer, OPEN_APPLICATION);
  queries.restoredBy(restorer, OPEN_QUERY);
  compare.restoredBy(restorer, OPEN_COMPARE);
  storage.restoredBy(restorer, OPEN_STORAGE);
  sql?.restoredBy(restorer, OPEN_SQL);
  exports?.restoredBy(restorer, EXPORT_NOTEBOOK);
}

function checkParts(
  shell: JupyterFrontEnd.IShell,
  assistant: Assistant,
  tracker: INotebookTracker,
  trans: TranslationBundle
): CheckParts {
  const checks = new Checks({ shell, assistant, tracker, trans });
  return { checks, agents: new Agents(assistant, trans), tracker };
}

/** The settings, hidden in the editor, without a shortcut and without a button. */
function silenced(settings: ISettingRegistry.IPlugin): ISettingRegistry.IPlugin {
  const silence = { 'jupyter.lab.setting-deprecated': true, 'jupyter.lab.shortcuts': [], 'jupyter.lab.toolbars': {} };
  return { ...settings, schema: { ...settings.schema, ...silence } };
}

export default plugin;
