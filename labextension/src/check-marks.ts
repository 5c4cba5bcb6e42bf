/** Underlines findings in a cell's editor, until its text changes. F8 goes from one to the next. */
import {
  type Diagnostic,
  diagnosticCount,
  lintKeymap,
  setDiagnostics,
  setDiagnosticsEffect
} from '@codemirror/lint';
import { EditorState, type Extension, Prec, StateEffect, type Text } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Finding, Verdict } from './assistant';

export type Cell = NotebookPanel['content']['widgets'][number];

/** The findings of one cell, and the text that they are about. */
interface Marks {
  source: string;
  findings: readonly Finding[];
}

const SEVERITIES: Record<Verdict, Diagnostic['severity']> = {
  passes: 'info',
  unproven: 'warning',
  fails: 'error',
  refused: 'error'
};

export class CheckMarks {
  constructor(trans: TranslationBundle) {
    this.names = {
      passes: trans.__('note'),
      unproven: trans.__('unproven'),
      fails: trans.__('fails'),
      refused: trans.__('refused')
    };
    this.extension = [
      // The notebook would take the focus from the list that a key has just opened.
      keymap.of(lintKeymap.map(binding => ({ ...binding, stopPropagation: true }))),
      EditorView.editorAttributes.of({ class: 'sparkMonitor-Checked' }),
      // JupyterLab has general words for these.
      Prec.highest(
        EditorState.phrases.of({
          Diagnostics: trans.__('What Spark found in this cell'),
          'No diagnostics': trans.__('Nothing was found in this text.')
        })
      ),
      // The findings are about the text as it was.
      EditorState.transactionExtender.of(({ docChanged, startState }) =>
        docChanged && diagnosticCount(startState) > 0 ? { effects: setDiagnosticsEffect.of([]) } : null
      )
    ];
  }

  /** Replaces what is underlined in a cell. One that was never near the visible part has no editor yet, and waits. */
  show(cell: Cell, marks: Marks): void {
    this.waiting.set(cell, marks);
    void cell.ready.then(() => this.draw(cell));
  }

  private draw(cell: Cell): void {
    const marks = this.waiting.get(cell);
    const view = cell.isDisposed || !cell.editor ? null : EditorView.findFromDOM(cell.editor.host);
    if (marks === undefined || view === null) {
      return;
    }
    this.waiting.delete(cell);
    const isSame = cell.model.sharedModel.getSource() === marks.source;
    const findings = isSame ? marks.findings : [];
    if (findings.length > 0 && !this.extended.has(view)) {
      this.extended.add(view);
      view.dispatch({ effects: StateEffect.appendConfig.of(this.extension) });
      view.dom.addEventListener('focusin', keepFocus);
      view.dom.addEventListener('keydown', keepFocus);
    }
    if (findings.length > 0 || diagnosticCount(view.state) > 0) {
      view.dispatch(setDiagnostics(view.state, findings.map(finding => this.diagnostic(view.state.doc, finding))));
    }
  }

  private diagnostic(text: Text, finding: Finding): Diagnostic {
    const { code, message, fix } = finding;
    return {
      ...range(text, finding),
      severity: SEVERITIES[finding.severity],
      markClass: 'sparkMonitor-CheckMark',
      message: `${code}: ${message} ${fix}`.trim(),
      // Not by its colour alone.
      source: this.names[finding.severity]
    };
  }

  private readonly names: Record<Verdict, string>;
  private readonly extension: Extension;
  private readonly waiting = new WeakMap<Cell, Marks>();
  private readonly extended = new WeakSet<EditorView>();
}

/** The notebook moves the focus into the active cell's text, at each key as well; not while it is in the list. */
function keepFocus(event: Event): void {
  if (event.target instanceof Element && event.target.closest('.cm-panel-lint') !== null) {
    event.stopPropagation();
  }
}

/** From a finding's column to the end of its line; a whole line if nothing is left of it. */
function range(text: Text, { line, column }: Finding): { from: number; to: number } {
  const at = text.line(Math.min(Math.max(line, 1), text.lines));
  // Spark counts characters, the editor counts UTF-16.
  const before = Array.from(at.text).slice(0, column - 1).join('').length;
  const to = at.from + at.text.trimEnd().length;
  const begin = at.from + before;
  return { from: begin < to ? begin : Math.min(at.from + at.text.search(/\S|$/), to), to };
}
