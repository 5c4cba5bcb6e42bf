/** Tells that a long query has ended, or its driver has died, while its notebook was out of sight. */
import { Notification } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { type CellQuery, cellQuery } from './cell-query';
import { duration } from './duration';
import type { RanCell } from './notebook';
import type { Notebooks } from './notebooks';
import type { Settings } from './settings';

/** When Spark is asked how the query ended, counted from the cell's end: it says so a little later. */
const LOOKS_MS = [2_500, 6_000, 15_000];
/** How often Spark is asked whether it is still there, while a long cell runs out of sight. */
const WATCH_MS = 10_000;
/** So often in a row it must be absent: a master that starts again lists no application for a moment. */
const ABSENT = 2;
/** Letters of a query's name in a message. */
const LONGEST_NAME = 60;
/** How long another tab of the browser that shows the same notebook stays silent. */
const SILENT_MS = 60_000;

/** What the notices need of the rest. */
export interface NoticeContext {
  /** The base URL of the sidecar's routes, with the trailing slash. */
  url: string;
  server: ServerConnection.ISettings;
  notebooks: Notebooks;
  settings: Settings;
  trans: TranslationBundle;
}

/** Asks nothing until a cell has run longer than the setting, so that it costs nothing. */
export class Notices {
  constructor(private readonly context: NoticeContext) {
    context.notebooks.ended.connect((_, cell) => void this.ended(cell));
    void this.watch();
  }

  private async ended(cell: RanCell): Promise<void> {
    const endedAtMs = Date.now();
    if (this.isShort(cell) || this.watched.get(cell.message)?.isTold) {
      return;
    }
    if (isInSight(cell)) {
      await claim(cell);
      return;
    }
    for (const lookMs of LOOKS_MS) {
      await new Promise(resolve => setTimeout(resolve, endedAtMs + lookMs - Date.now()));
      if (isInSight(cell)) {
        return;
      }
      const query = await this.find(cell);
      // A cell that did not fail may have stopped Spark itself.
      if (query !== undefined && query.state !== 'running' && (query.state !== 'absent' || cell.failed)) {
        await this.tell(cell, query);
        return;
      }
    }
  }

  /** PySpark goes on trying for minutes when its driver has died, and the cell seems to run. */
  private async watch(): Promise<never> {
    for (;;) {
      await new Promise(resolve => setTimeout(resolve, WATCH_MS));
      await this.look();
    }
  }

  private async look(): Promise<void> {
    const cells = this.context.notebooks.running().filter(cell => !this.isShort(cell));
    const messages = new Set(cells.map(({ message }) => message));
    for (const message of [...this.watched.keys()].filter(message => !messages.has(message))) {
      this.watched.delete(message);
    }
    for (const cell of cells) {
      const watched = this.watched.get(cell.message) ?? { ran: false, absent: 0, isTold: false };
      this.watched.set(cell.message, watched);
      const query = watched.isTold || isInSight(cell) ? undefined : await this.find(cell);
      watched.ran ||= query?.state === 'running';
      watched.absent = query?.state === 'absent' ? watched.absent + 1 : 0;
      if (query && watched.ran && watched.absent >= ABSENT) {
        watched.isTold = true;
        await this.tell(cell, query);
      }
    }
  }

  private isShort({ begin_ms }: RanCell): boolean {
    const leastMs = this.context.settings.noticeAfterMs;
    return leastMs === 0 || Date.now() - begin_ms < leastMs;
  }

  /** The query that the cell waits for. */
  private async find(cell: RanCell): Promise<CellQuery | undefined> {
    const { url, server, settings } = this.context;
    const { session_id: sessionId, app_id } = cell.notebook.facts();
    if (sessionId === null && app_id === null) {
      return undefined;
    }
    const app = app_id === null ? '' : `?app=${encodeURIComponent(app_id)}`;
    try {
      const response = await ServerConnection.makeRequest(`${url}panel/queries${app}`, {}, server);
      const nowMs = Date.parse(response.headers.get('Date') ?? '') || Date.now();
      const beganAtMs = cell.begin_ms - (Date.now() - nowMs);
      const answer: unknown = await response.json();
      return cellQuery(answer, { sessionId, beganAtMs, nowMs, leastMs: settings.noticeAfterMs });
    } catch {
      // The panel says why nothing is known.
      return undefined;
    }
  }

  private async tell(cell: RanCell, { name, state, elapsedMs }: CellQuery): Promise<void> {
    if (!(await claim(cell))) {
      return;
    }
    const { trans, settings, notebooks } = this.context;
    const notebook = cell.notebook.panel.title.label;
    const values = [notebook, short(name) || trans.__('A query'), duration(elapsedMs)] as const;
    const [type, message] = {
      running: ['info', ''] as const,
      succeeded: ['success', trans.__('%1: “%2” has ended after %3', ...values)] as const,
      failed: ['error', trans.__('%1: “%2” failed after %3', ...values)] as const,
      canceled: ['warning', trans.__('%1: “%2” was canceled after %3', ...values)] as const,
      absent: ['error', trans.__('%1: Spark went away while cell [%2] ran', notebook, cell.count)] as const
    }[state];
    Notification.emit(message, type, {
      // Whoever was away should find it.
      autoClose: false,
      actions: [
        { label: trans.__('Open'), callback: () => void notebooks.show(cell) },
        {
          label: trans.__('Mute'),
          caption: trans.__('No more such messages; the settings have them back'),
          callback: () => settings.muteNotices()
        }
      ]
    });
  }

  /** What was seen of the long cells that run, by their messages. */
  private readonly watched = new Map<string, { ran: boolean; absent: number; isTold: boolean }>();
}

/** JupyterLab cuts a message after 140 characters, and its end says the most. */
function short(name: string): string {
  const letters = [...name];
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join('')}…` : name;
}

/** Whether a person sees the notebook in this tab of the browser. */
function isInSight({ notebook }: RanCell): boolean {
  return notebook.panel.isVisible && document.visibilityState === 'visible';
}

/** Whether no other tab of this browser has told of the cell, or shown it. */
async function claim({ message }: RanCell): Promise<boolean> {
  // The type does not say that browsers offer locks only to pages from a safe origin.
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) {
    return true;
  }
  return new Promise(resolve => {
    const hold = (lock: Lock | null): Promise<void> => {
      resolve(lock !== null);
      return new Promise(end => setTimeout(end, lock === null ? 0 : SILENT_MS));
    };
    locks.request(`berdl-spark-monitor:notice-${message}`, { ifAvailable: true }, hold).catch(() => resolve(true));
  });
}
