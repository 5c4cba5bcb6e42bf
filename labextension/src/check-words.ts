/** The verdict on a program as a notification says it, and the finding that it leads to. */
import type { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Finding, Verdict } from './assistant';

/** A program that was checked. */
export interface Checked {
  verdict: Verdict;
  findings: readonly Finding[];
  /** The cell that the check was about, if not all; the cells above it were sent because it may need them. */
  about: number | undefined;
}

export const TYPES: Record<Verdict, Notification.TypeOptions> = {
  passes: 'success',
  unproven: 'warning',
  fails: 'error',
  refused: 'error'
};

export function isError(verdict: Verdict): boolean {
  return verdict === 'fails' || verdict === 'refused';
}

/** The first finding of the kind that decides the verdict; one in the cell that was checked precedes those above it. */
export function firstOf(checked: Checked): Finding | undefined {
  const { own, above } = decisive(checked);
  return [...own, ...above][0];
}

/** `count` is the cell's execution count, if it was run. */
export function verdictWords(trans: TranslationBundle, checked: Checked, count: (cell: number) => number | null): string {
  const { verdict } = checked;
  const first = firstOf(checked);
  if (verdict === 'passes') {
    return trans.__('passes: each rung proved all that it can prove of this program');
  }
  if (first === undefined) {
    return verdict === 'unproven'
      ? trans.__('unproven: nothing wrong was found, and not all was proved')
      : trans.__('fails: what is wrong is not listed');
  }
  const { own, above } = decisive(checked);
  const found = own.length > 0 ? own.length : above.length;
  const place = placeWords(trans, first, count(first.cell));
  const said = foundWords(trans, verdict, found, place);
  if (checked.about === undefined || above.length === 0) {
    return said;
  }
  const others =
    own.length > 0
      ? trans.__('In cells above it: %1 more.', above.length)
      : trans.__('All of them are in cells above the one that was checked.');
  return `${said}. ${others}`;
}

function foundWords(trans: TranslationBundle, verdict: Verdict, found: number, place: string): string {
  switch (verdict) {
    case 'refused':
      return trans._n('refused: %1 finding, in %2', 'refused: %1 findings, the first in %2', found, place);
    case 'fails':
      return trans._n('fails: %1 finding, in %2', 'fails: %1 findings, the first in %2', found, place);
    default:
      return trans._n(
        'unproven: nothing wrong was found, and %1 thing was not proved, in %2',
        'unproven: nothing wrong was found, and %1 things were not proved, the first in %2',
        found,
        place
      );
  }
}

/** A cell without an execution count has only its place among the code cells. */
function placeWords(trans: TranslationBundle, { cell, line }: Finding, count: number | null): string {
  return count === null
    ? trans.__('code cell %1, line %2', cell + 1, line)
    : trans.__('cell [%1], line %2', count, line);
}

function decisive({ verdict, findings, about }: Checked): { own: Finding[]; above: Finding[] } {
  const kind = findings.filter(({ severity }) => severity === verdict || (isError(verdict) && isError(severity)));
  kind.sort((a, b) => a.cell - b.cell || a.line - b.line || a.column - b.column);
  const isOwn = ({ cell }: Finding): boolean => about === undefined || cell === about;
  return { own: kind.filter(isOwn), above: kind.filter(finding => !isOwn(finding)) };
}
