/** The tab with the cached data of the panel's application. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Detail, StorageHandle } from 'berdl-spark-monitor-ui/detail.js';

import { copyText } from './copy';
import type { SavedApp } from './saved-app';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class StorageTab extends SingleTab<Detail, StorageHandle> {
  constructor(
    shell: JupyterFrontEnd.IShell,
    loader: UiLoader<Detail>,
    trans: TranslationBundle,
    savedApp: SavedApp
  ) {
    super(shell, loader, 'storage', trans.__('Spark storage'), (detail, node) =>
      detail.open_storage(node, savedApp.id, { on_copy: copyText })
    );
    const follow = (): void => this.widget?.content.ask(storage => storage.set_app(savedApp.id));
    savedApp.changed.connect(follow);
    // A tab of the last layout may be opened before the last choice is known.
    void savedApp.ready.then(follow);
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.widget?.content.ask(storage => storage.forget());
  }
}
