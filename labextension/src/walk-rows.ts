/** Moves the focus between the rows of a table. */

/** The arrow keys move the focus from row to row of a table, which is one stop for Tab. */
export function walkRows(event: KeyboardEvent): void {
  const row = event.target;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (row instanceof HTMLTableRowElement && step !== undefined) {
    const rows = [...(row.closest('table')?.querySelectorAll<HTMLElement>('tr[data-row]') ?? [])];
    rows[rows.indexOf(row) + step]?.focus();
    // Otherwise the panel would scroll, too.
    event.preventDefault();
  }
}
