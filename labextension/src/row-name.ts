/** The names of the panel's rows of queries. */

/** How such a name begins; the query's id follows. */
const QUERY = 'query/';

/** Selects them. */
export const QUERY_ROW = `.sparkMonitor-Panel [data-row^="${QUERY}"]`;

/** The query of a row; undefined if the row is not a query's. */
export function queryOf(row: string): string | undefined {
  return row.startsWith(QUERY) ? row.slice(QUERY.length) : undefined;
}

/** The name of the query's row with this element. */
export function rowOf(target: Element): string | undefined {
  return target.closest<HTMLElement>(QUERY_ROW)?.dataset['row'];
}
