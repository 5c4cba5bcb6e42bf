/** JupyterLab's own editor with one SQL statement, as the tab "Spark SQL" uses it. */
import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  type CompletionContext,
  type CompletionResult
} from '@codemirror/autocomplete';
import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, placeholder } from '@codemirror/view';
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { SqlEditor } from 'berdl-spark-monitor-ui/desk.js';

interface Mark {
  from: number;
  to: number;
  message: string;
}

interface Name {
  label: string;
  detail: string;
}

const setMarks = StateEffect.define<Mark[]>();

/** Underlined parts; one that is edited loses its line. */
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { changes, docChanged, effects, state }) {
    let kept = marks.map(changes);
    if (docChanged) {
      changes.iterChangedRanges((_from, _to, from, to) => {
        kept = kept.update({ filter: (begin, end) => end < from || begin > to });
      });
    }
    for (const effect of effects) {
      if (effect.is(setMarks)) {
        const within = effect.value.filter(({ from, to }) => from < to && to <= state.doc.length);
        kept = Decoration.set(
          within.map(({ from, to, message }) =>
            Decoration.mark({ class: 'sparkMonitor-Squiggle', attributes: { title: message } }).range(from, to)
          ),
          true
        );
      }
    }
    return kept;
  },
  provide: field => EditorView.decorations.from(field)
});

/** How an editor is made for `host`. */
export interface EditorOptions {
  host: HTMLElement;
  label: string;
  text: string;
  hint: string;
  onChange: (text: string) => void;
  onRun: () => void;
}

export function createSqlEditor(
  services: IEditorServices,
  { host, label, text, hint, onChange, onRun }: EditorOptions
): SqlEditor {
  const model = new CodeEditor.Model({ mimeType: 'text/x-sql' });
  model.sharedModel.setSource(text);
  let names: readonly Name[] = [];
  const run = (view: EditorView): boolean => {
    // It would stay over the result.
    closeCompletion(view);
    onRun();
    return true;
  };
  const extensions: Extension[] = [
    marks,
    placeholder(hint),
    EditorView.contentAttributes.of({ 'aria-label': label }),
    autocompletion({ override: [context => complete(context, names)], icons: false }),
    Prec.highest(
      keymap.of([
        { key: 'Shift-Enter', run },
        { key: 'Mod-Enter', run },
        { key: 'Ctrl-Enter', run },
        { key: 'Tab', run: acceptCompletion }
      ])
    )
  ];
  const editor = services.factoryService.newDocumentEditor({
    host,
    model,
    config: { lineNumbers: true, lineWrap: true, scrollPastEnd: false },
    extensions
  });
  const changed = (): void => onChange(model.sharedModel.getSource());
  model.sharedModel.changed.connect(changed);
  const view = EditorView.findFromDOM(editor.host);
  const replace = (from: number, to: number, insert: string): void =>
    view?.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      scrollIntoView: true
    });
  return {
    text: () => model.sharedModel.getSource(),
    selection: () => {
      const { from, to } = view?.state.selection.main ?? { from: 0, to: 0 };
      return { from, to };
    },
    set_text: text => replace(0, view?.state.doc.length ?? 0, text),
    insert: text => {
      const { from, to } = view?.state.selection.main ?? { from: 0, to: 0 };
      replace(from, to, text);
      editor.focus();
    },
    mark: parts => view?.dispatch({ effects: setMarks.of(parts) }),
    complete: known => {
      names = known;
    },
    focus: () => editor.focus(),
    dispose: () => {
      model.sharedModel.changed.disconnect(changed);
      editor.dispose();
      model.dispose();
    }
  };
}

/** Names of the catalogue that begin with the word before the cursor. */
function complete(context: CompletionContext, names: readonly Name[]): CompletionResult | null {
  const word = context.matchBefore(/[\w`.]+/);
  if (names.length === 0 || (word === null && !context.explicit)) {
    return null;
  }
  return {
    from: word?.from ?? context.pos,
    options: names.map(({ label, detail }) => ({ label, detail })),
    validFor: /^[\w`.]*$/
  };
}
