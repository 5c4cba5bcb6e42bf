/** Notifies when a long query ends. */
import { Notification } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CellQuery } from 'berdl-spark-monitor-ui';

import { sentences } from './language';
import type { RanCell } from './notebook';
import type { Notebooks } from './notebooks';
import type { Settings } from './settings';
import { Turns } from './turns';

/** When Spark is asked how the query ended, counted from the cell's end: it says so a little later. */
const LOOKS_MS = [2_500, 6_000, 15_000];
/** How often Spark is asked whether it is still there, while a long cell runs out of sight. */
const WATCH_MS = 10_000;
/** So often in a row it must be gone: a master that starts again lists no application for a moment. */
const GONE = 2;

/** The news of which a person is notified, with the types of JupyterLab's notifications. */
const TYPES = new Map<CellQuery['news'], Notification.TypeOptions>([
  ['succeeded', 'success'],
  ['unknown', 'info'],
  ['canceled', 'warning'],
  ['failed', 'error'],
  ['spark_gone', 'error']
]);

/** What the notices need of the rest. */
export interface NoticeContext {
  /** The base URL of the sidecar's routes, with the trailing slash. */
  url: string;
  server: ServerConnection.ISettings;
  notebooks: Notebooks;
  settings: Settings;
  trans: TranslationBundle;
}

/** What was seen of a long cell. */
interface Seen {
  /** The application that runs its query. */
  appId: string | null;
  /** Whether its query was seen running. */
  ran: boolean;
  /** How often in a row its Spark was gone. */
  gone: number;
  /** Whether this tab has decided about the message that its Spark is gone. */
  notified: boolean;
}

/** Asks nothing until a cell has run longer than the setting, so that it costs nothing. */
export class Notices {
  constructor(private readonly context: NoticeContext) {
    context.notebooks.ended.connect((_, cell) => void this.ended(cell));
    void this.watch();
  }

  private async ended(cell: RanCell): Promise<void> {
    const endedAtMs = Date.now();
    if (this.isShort(cell) || (await this.isShown(cell))) {
      return;
    }
    const seen = this.seenOf(cell);
    for (const lookMs of LOOKS_MS) {
      await new Promise(resolve => setTimeout(resolve, endedAtMs + lookMs - Date.now()));
      if (await this.isShown(cell)) {
        return;
      }
      const query = await this.ask(cell, seen, endedAtMs);
      if (query?.news === 'spark_gone') {
        // A cell that did not fail may have stopped Spark itself.
        if (cell.failed) {
          await this.notifyGone(cell, seen, query);
        }
      } else if (query !== undefined && TYPES.has(query.news)) {
        await this.notify(cell, endOf(cell), query);
        return;
      }
    }
  }

  /** Whether the notebook is in sight here; then no other tab notifies of the cell's end. */
  private async isShown(cell: RanCell): Promise<boolean> {
    const isShown = isInSight(cell);
    if (isShown) {
      await this.turns.take(endOf(cell));
    }
    return isShown;
  }

  /** PySpark goes on trying for minutes when its driver has died, and the cell seems to run. */
  private async watch(): Promise<never> {
    for (;;) {
      await new Promise(resolve => setTimeout(resolve, WATCH_MS));
      const cells = this.context.notebooks.running().filter(cell => !this.isShort(cell));
      const messages = new Set(cells.map(({ message }) => message));
      for (const message of [...this.seen.keys()].filter(message => !messages.has(message))) {
        this.seen.delete(message);
      }
      await Promise.all(cells.map(cell => this.look(cell, this.seenOf(cell))));
    }
  }

  private async look(cell: RanCell, seen: Seen): Promise<void> {
    if (isInSight(cell)) {
      // The other tabs ask Spark, this one need not.
      this.turns.keep(goneOf(cell), () => isInSight(cell) && this.seen.has(cell.message));
      return;
    }
    const query = await this.ask(cell, seen);
    if (query?.news === 'spark_gone' && seen.ran) {
      await this.notifyGone(cell, seen, query);
    }
  }

  /** Notifies once while Spark stays gone; what the query does afterwards is another message. */
  private async notifyGone(cell: RanCell, seen: Seen, query: CellQuery): Promise<void> {
    if (seen.gone >= GONE && !seen.notified) {
      seen.notified = true;
      await this.notify(cell, goneOf(cell), query);
    }
  }

  private isShort({ begin_ms }: RanCell): boolean {
    const leastMs = this.context.settings.noticeAfterMs;
    return leastMs === 0 || Date.now() - begin_ms < leastMs;
  }

  private seenOf({ message }: RanCell): Seen {
    const seen = this.seen.get(message) ?? { appId: null, ran: false, gone: 0, notified: false };
    this.seen.set(message, seen);
    return seen;
  }

  /** The query that the cell waits for; undefined if nobody knows. */
  private async ask(cell: RanCell, seen: Seen, endedAtMs?: number): Promise<CellQuery | undefined> {
    const query = await this.fetch(cell, seen.appId, endedAtMs);
    seen.appId = query?.app_id ?? seen.appId;
    seen.gone = query?.news === 'spark_gone' ? seen.gone + 1 : 0;
    if (query?.news === 'running') {
      seen.ran = true;
      seen.notified = false;
    }
    return query;
  }

  private async fetch(cell: RanCell, appId: string | null, endedAtMs?: number): Promise<CellQuery | undefined> {
    const { url, server, settings } = this.context;
    const { session_id, app_id } = cell.notebook.facts();
    if (session_id === null && app_id === null) {
      return undefined;
    }
    const nowMs = Date.now();
    const asked = new URLSearchParams({
      session: session_id ?? '',
      app: app_id ?? appId ?? '',
      began_ms_ago: String(nowMs - cell.begin_ms),
      least_ms: String(settings.noticeAfterMs)
    });
    if (endedAtMs !== undefined) {
      asked.set('ended_ms_ago', String(nowMs - endedAtMs));
    }
    try {
      const response = await ServerConnection.makeRequest(`${url}panel/cell-query?${asked.toString()}`, {}, server);
      return response.ok ? ((await response.json()) as CellQuery) : undefined;
    } catch {
      // The panel says why nothing is known.
      return undefined;
    }
  }

  private async notify(cell: RanCell, turn: string, query: CellQuery): Promise<void> {
    if (!(await this.turns.take(turn))) {
      return;
    }
    const { trans, settings, notebooks } = this.context;
    const said = sentences(trans, query.message_sentences);
    const message = trans.__('%1 [%2]: %3', cell.notebook.panel.title.label, cell.count, said);
    Notification.emit(message, TYPES.get(query.news) ?? 'info', {
      // Whoever was away should find it.
      autoClose: false,
      actions: [
        { label: trans.__('Open'), callback: () => void notebooks.show(cell) },
        {
          label: trans.__('Mute'),
          caption: trans.__('Stop these messages; you can turn them on again in Settings'),
          callback: () => settings.muteNotices()
        }
      ]
    });
  }

  private readonly turns = new Turns();
  /** Long cells that run or have just ended, by their messages. */
  private readonly seen = new Map<string, Seen>();
}

/** The turn to notify that a cell's query has ended. */
function endOf({ message }: RanCell): string {
  return `end-${message}`;
}

/** The turn to notify that a cell's Spark is gone. */
function goneOf({ message }: RanCell): string {
  return `gone-${message}`;
}

/** Whether a person sees the notebook in this tab of the browser. */
function isInSight({ notebook }: RanCell): boolean {
  return notebook.panel.isVisible && document.visibilityState === 'visible';
}
