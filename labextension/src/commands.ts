/** What a person can do from the palette, the View menu and by a shortcut. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IMainMenu } from '@jupyterlab/mainmenu';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { PanelContent } from './panel-content';
import type { PanelSlot } from './panel-slot';
import type { Chip } from './status';

const OPEN = 'berdl-spark-monitor:open';
const REFRESH = 'berdl-spark-monitor:refresh';
const PAUSE = 'berdl-spark-monitor:pause';
const COPY_REPORT = 'berdl-spark-monitor:copy-report';

/** The parts that commands act on. */
export interface Parts {
  panel: PanelSlot;
  content: PanelContent;
  chip: Chip;
}

export class Commands {
  constructor(
    private readonly app: JupyterFrontEnd,
    trans: TranslationBundle,
    { panel, content, chip }: Parts
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
    commands.addCommand(COPY_REPORT, {
      label: trans.__('Copy Spark Connection Report'),
      caption: trans.__('Check each hop from the browser to Spark, and copy what was found'),
      execute: () => {
        panel.open();
        content.order('copy-report');
      }
    });
    panel.changed.connect(() => commands.notifyCommandChanged(OPEN));
  }

  offer(palette: ICommandPalette | null, mainMenu: IMainMenu | null, category: string): void {
    const items = [OPEN, REFRESH, PAUSE, COPY_REPORT].map(command => ({ command }));
    items.forEach(item => palette?.addItem({ ...item, category }));
    mainMenu?.viewMenu.addGroup(items, 20);
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.app.commands.notifyCommandChanged(PAUSE);
  }

  private paused = false;
}
