/** Goes to the cell that ran at a time, or says why not. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Notebooks } from './notebooks';

/** How long it is said that a cell is not known; milliseconds. */
const SAID_MS = 6_000;

export function goToRan(notebooks: Notebooks, trans: TranslationBundle): (appId: string, atMs: number) => void {
  const go = async (appId: string, atMs: number): Promise<void> => {
    if (!(await notebooks.showRan(appId, atMs))) {
      const message = trans.__('Its cell is not known: its notebook is closed, or cells ran close together.');
      Notification.info(message, { autoClose: SAID_MS });
    }
  };
  return (appId, atMs) => void go(appId, atMs);
}
