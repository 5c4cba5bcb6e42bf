/** The commands of "Check with Spark". */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Agents } from './agents';
import type { Checks } from './check';
import { icon } from './icon';

export const CHECK_CELL = 'berdl-spark-monitor:check-cell';
export const CHECK_NOTEBOOK = 'berdl-spark-monitor:check-notebook';
export const ALLOW_AGENTS = 'berdl-spark-monitor:allow-agents';

/** What the commands act on. */
export interface CheckParts {
  checks: Checks;
  agents: Agents;
  tracker: INotebookTracker;
}

/** They are about the notebook in front, so neither the launcher nor the View menu has the first two. */
export function addCheckCommands(app: JupyterFrontEnd, trans: TranslationBundle, parts: CheckParts): void {
  const { commands, contextMenu } = app;
  const { checks, agents, tracker } = parts;
  commands.addCommand(CHECK_CELL, {
    label: trans.__('Check cell with Spark'),
    caption: trans.__(
      'Spark explains this cell and those above it, and they are rehearsed with zero rows. Nothing of the code runs on the cluster.'
    ),
    icon,
    isEnabled: () => checks.cell !== undefined,
    execute: () => checks.checkCell()
  });
  commands.addCommand(CHECK_NOTEBOOK, {
    label: trans.__('Check notebook with Spark'),
    caption: trans.__(
      'Spark explains the code of this notebook, and it is rehearsed with zero rows. Nothing of the code runs on the cluster.'
    ),
    icon,
    isEnabled: () => checks.notebook !== undefined,
    execute: () => checks.checkNotebook()
  });
  commands.addCommand(ALLOW_AGENTS, {
    label: trans.__('Let AI agents check with Spark'),
    caption: trans.__('What an agent writes is explained and rehearsed with zero rows. Nothing of it runs on the cluster.'),
    isToggleable: true,
    isToggled: () => agents.areAllowed,
    isEnabled: () => agents.areOffered,
    isVisible: () => agents.areOffered,
    execute: () => agents.toggle()
  });
  contextMenu.addItem({ command: CHECK_CELL, selector: '.jp-Notebook .jp-CodeCell', rank: 101 });
  contextMenu.addItem({ command: CHECK_NOTEBOOK, selector: '.jp-Notebook', rank: 102 });
  const look = (): void => [CHECK_CELL, CHECK_NOTEBOOK].forEach(command => commands.notifyCommandChanged(command));
  tracker.currentChanged.connect(look);
  tracker.activeCellChanged.connect(look);
  agents.changed.connect(() => commands.notifyCommandChanged(ALLOW_AGENTS));
}
