/** Finds the cell that ran, and shows it. A wrong cell is worse than none. */
import type { NotebookPanel } from '@jupyterlab/notebook';

import { cellHash } from './hash';
import type { FollowedNotebook } from './notebook';

/**
 * The only cell with this execution count and the text that ran under it, or with a text of this hash; undefined if
 * there is none, or more than one.
 */
export async function findCell(
  notebook: FollowedNotebook,
  cell: number | string
): Promise<number | undefined> {
  const cells = notebook.panel.content.widgets.map(({ model }) => model.sharedModel.toJSON());
  const text = (index: number): string => [cells[index]?.source ?? ''].flat().join('');
  let found: number[];
  if (typeof cell === 'string') {
    found = [...cells.keys()].filter(index => cellHash(text(index)) === cell);
  } else {
    // Counts start again after a restart of the kernel, so the number alone proves nothing.
    const ran = await notebook.textOf(cell);
    // JupyterLab shows a cell's count when it has ended.
    const shown = notebook.isRunning(cell) ? null : cell;
    let counted = [...cells.keys()].filter(index => cells[index]?.['execution_count'] === shown);
    if (shown === null) {
      counted = counted.filter(index => text(index) === ran);
    }
    found = counted.length === 1 ? counted.filter(index => text(index) === ran) : [];
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Scrolls to a cell and selects it, with the cursor in `line`, counted from 1. */
export async function showCell(
  panel: NotebookPanel,
  index: number,
  line: number | null
): Promise<void> {
  const cell = panel.content.widgets[index];
  if (!cell) {
    return;
  }
  panel.content.deselectAll();
  panel.content.activeCellIndex = index;
  await panel.content.scrollToCell(cell);
  if (line !== null && cell.editor) {
    cell.editor.setCursorPosition({ line: Math.min(line, cell.editor.lineCount) - 1, column: 0 });
  }
}
