/** The plugin: mounts chip and panel, and only when the server says that the extension is enabled. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { PageConfig } from '@jupyterlab/coreutils';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { KernelActivity } from './kernels';
import { Notebooks } from './notebooks';
import { PanelSlot } from './panel';
import { SavedApp } from './saved-app';
import { createChip } from './status';
import { mountOptions } from './wasm';

const PLUGIN = 'berdl-spark-monitor:plugin';
const COMMAND = 'berdl-spark-monitor:open';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Shows what the Spark cluster and its queries are doing.',
  autoStart: true,
  optional: [
    IStatusBar,
    ILayoutRestorer,
    ICommandPalette,
    IMainMenu,
    ITranslator,
    INotebookTracker,
    IConsoleTracker,
    IStateDB,
    ISettingRegistry
  ],
  activate
};

function activate(
  app: JupyterFrontEnd,
  statusBar: IStatusBar | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  mainMenu: IMainMenu | null,
  translator: ITranslator | null,
  tracker: INotebookTracker | null,
  consoles: IConsoleTracker | null,
  state: IStateDB | null,
  settings: ISettingRegistry | null
): void {
  // Where the extension is not enabled nobody should notice that it is installed.
  if (PageConfig.getOption('sparkMonitorEnabled') !== 'true') {
    return;
  }
  const language = (translator ?? nullTranslator).languageCode;
  const trans = (translator ?? nullTranslator).load('berdl-spark-monitor');
  const title = trans.__('Spark Monitor');
  const kernels = new KernelActivity([tracker, consoles], app.serviceManager.sessions);
  const notebooks = new Notebooks(tracker, kernels, app.shell);
  void notebooks.obey(settings, PLUGIN);
  const options = mountOptions(app.serviceManager.serverSettings.baseUrl, language);

  const panel = new PanelSlot(app.shell, options, kernels, new SavedApp(state), notebooks, title);
  panel.add();
  restorer?.add(panel.widget, panel.widget.id);

  app.commands.addCommand(COMMAND, {
    label: title,
    caption: trans.__('Show or hide Spark Monitor'),
    isToggleable: true,
    isToggled: () => panel.isVisible,
    execute: () => panel.toggle()
  });
  panel.changed.connect(() => app.commands.notifyCommandChanged(COMMAND));
  palette?.addItem({ command: COMMAND, category: trans.__('Spark') });
  mainMenu?.viewMenu.addGroup([{ command: COMMAND }], 20);

  statusBar?.registerStatusItem('berdl-spark-monitor:chip', {
    item: createChip(options, kernels, () => panel.open()),
    align: 'left',
    rank: 100
  });
}

export default plugin;
