/** A double click on a query's row opens its page. It means the row of its first press: before the second the list may move. */
import { queryOf, rowOf } from './row-name';

/** Calls `open` with the query's id. */
export function openOnDoubleClick(open: (queryId: string) => void): void {
  let pressed: string | undefined;
  let isOpened = false;
  const rememberFirstPress = ({ target, detail, button }: MouseEvent): void => {
    if (detail === 1 && button === 0) {
      pressed = target instanceof Element ? pressedRow(target) : undefined;
      isOpened = false;
    }
  };
  const openOnce = ({ detail, button }: MouseEvent): void => {
    const queryId = queryOf(pressed ?? '');
    if (detail === 2 && button === 0 && queryId !== undefined && !isOpened) {
      isOpened = true;
      // The click that follows may go to a cell, and would bring the notebook to the front.
      setTimeout(() => open(queryId));
    }
  };
  const ignoreLaterClicks = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? rowOf(event.target) : undefined;
    if (pressed !== undefined && (event.detail > 2 || (event.detail === 2 && row !== pressed))) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  document.addEventListener('mousedown', rememberFirstPress, { capture: true });
  // There is no `dblclick` if the row is redrawn during the second press, and on a touch screen nothing else.
  document.addEventListener('mouseup', openOnce, { capture: true });
  document.addEventListener('dblclick', openOnce, { capture: true });
  document.addEventListener('click', ignoreLaterClicks, { capture: true });
}

/** The name of the row that a double click on `target` opens. */
function pressedRow(target: Element): string | undefined {
  // In code a double click chooses a word, and other buttons have their own effect.
  const part = target.closest('a, button, code, pre');
  const isName = part === null || part.matches('.sparkMonitor-Query-button, .sparkMonitor-Recent-button, .sparkMonitor-Jump');
  return isName ? rowOf(target) : undefined;
}
