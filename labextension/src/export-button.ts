/** The button "Export" in a notebook's toolbar: it is about its own notebook, whichever is in front. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton } from '@jupyterlab/ui-components';

import { EXPORT_NOTEBOOK } from './commands';

/** The schema has the button's place, so that it can be moved or removed in the settings. */
const NAME = 'spark-export';

export function addExportButton(
  registry: IToolbarWidgetRegistry,
  commands: JupyterFrontEnd['commands'],
  trans: TranslationBundle
): void {
  registry.addFactory<NotebookPanel>('Notebook', NAME, panel => {
    const args = {
      // Read at the click: a notebook may be renamed.
      get path(): string {
        return panel.context.path;
      }
    };
    const label = trans._p('toolbar', 'Export');
    const { noFocusOnClick } = panel.toolbar;
    return new CommandToolbarButton({ commands, id: EXPORT_NOTEBOOK, args, label, noFocusOnClick });
  });
}
