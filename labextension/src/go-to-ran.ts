/** Goes from a query of the history to the cell that ran it, or says why not. */
import { Notification } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Notebooks, PastQuery } from './notebooks';

/** How long it is said that a cell is not known; milliseconds. */
const SAID_MS = 8_000;

/** What is needed of the answer of `panel/queries/{query_id}`. */
interface Answer {
  observed_at_ms: number;
  query: { session_id?: string; submitted_at_ms: number; elapsed_ms: number } | null;
}

interface Context {
  url: string;
  server: ServerConnection.ISettings;
  notebooks: Notebooks;
  trans: TranslationBundle;
}

export function goToRan(context: Context): (appId: string, queryId: string) => void {
  const { notebooks, trans } = context;
  const go = async (appId: string, queryId: string): Promise<void> => {
    const query = await ask(context, appId, queryId);
    if (query === undefined || !(await notebooks.showRan(query))) {
      const message = trans.__(
        'Its cell is not known. It is known of notebooks that are open since it ran, while Spark remembers the query.'
      );
      Notification.info(message, { autoClose: SAID_MS });
    }
  };
  return (appId, queryId) => void go(appId, queryId);
}

/** The query as Spark knows it: whose it was is not in the history. */
async function ask({ url, server }: Context, appId: string, queryId: string): Promise<PastQuery | undefined> {
  try {
    const route = `${url}panel/queries/${encodeURIComponent(queryId)}?app=${encodeURIComponent(appId)}`;
    const response = await ServerConnection.makeRequest(route, {}, server);
    const { observed_at_ms, query } = (await response.json()) as Answer;
    if (!response.ok || query === null) {
      return undefined;
    }
    const aheadMs = Date.now() - Number(response.headers.get('Age') ?? 0) * 1_000 - observed_at_ms;
    const began_ms = query.submitted_at_ms + aheadMs;
    return { app_id: appId, session_id: query.session_id ?? null, began_ms, ended_ms: began_ms + query.elapsed_ms };
  } catch {
    // The panel says why nothing is known.
    return undefined;
  }
}
