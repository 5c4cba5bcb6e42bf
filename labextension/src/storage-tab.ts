/** The tab with the cached data of the panel's application. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Shelf, StorageHandle } from 'berdl-spark-monitor-ui/shelf.js';

import { copyText } from './copy';
import type { SavedApp } from './saved-app';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

export class StorageTab extends SingleTab<Shelf, StorageHandle> {
  constructor(
    shell: JupyterFrontEnd.IShell,
    loader: UiLoader<Shelf>,
    trans: TranslationBundle,
    savedApp: SavedApp
  ) {
    super(shell, loader, 'storage', trans.__('Spark storage'), (shelf, node) =>
      shelf.open_storage(node, savedApp.id, { on_copy: copyText })
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
