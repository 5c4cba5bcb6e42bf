/** The query that a cell waits for, from an answer of `panel/queries`. */

export interface CellQuery {
  name: string;
  /** `absent`: Spark does not answer, or runs no application. */
  state: 'running' | 'succeeded' | 'failed' | 'canceled' | 'absent';
  elapsedMs: number;
}

/** Whose query, and of which time by the sidecar's clock. */
export interface Asked {
  /** Null if the driver is the notebook's own. */
  sessionId: string | null;
  beganAtMs: number;
  nowMs: number;
  /** How long it must have run. */
  leastMs: number;
}

interface Query {
  name: string;
  session_id?: string;
  state: string;
  submitted_at_ms: number;
  elapsed_ms: number;
}

interface Queries {
  app: unknown;
  stale: { since_ms: number } | null;
  running: Query[];
  recent: Query[];
}

/** Clocks are compared to a second. */
const TOLERANCE_MS = 2_000;
/** A driver that is busy may miss an answer or two. */
const SILENCE_MS = 20_000;
const ENDS = ['failed', 'canceled', 'succeeded'] as const;

/** The cell's longest query, one that runs or failed first; undefined if it has none, or Spark does not say. */
export function cellQuery(answer: unknown, { sessionId, beganAtMs, nowMs, leastMs }: Asked): CellQuery | undefined {
  if (!isQueries(answer)) {
    return undefined;
  }
  if (!answer.app || (answer.stale && nowMs - answer.stale.since_ms > SILENCE_MS)) {
    return { name: '', state: 'absent', elapsedMs: 0 };
  }
  const isAsked = (query: Query): boolean =>
    (sessionId === null || query.session_id === sessionId) &&
    query.elapsed_ms >= leastMs &&
    query.submitted_at_ms >= beganAtMs - TOLERANCE_MS;
  const longest = (state: CellQuery['state'], queries: Query[]): CellQuery | undefined => {
    const [found] = queries.filter(isAsked).sort((one, other) => other.elapsed_ms - one.elapsed_ms);
    return found && { name: found.name, state, elapsedMs: found.elapsed_ms };
  };
  const ended = ENDS.map(end => longest(end, answer.recent.filter(({ state }) => state === end)));
  return [longest('running', answer.running), ...ended].find(query => query !== undefined);
}

function isQueries(answer: unknown): answer is Queries {
  const { running, recent } = (answer ?? {}) as Partial<Queries>;
  return Array.isArray(running) && Array.isArray(recent);
}
