/** The document of one tab "Export notebook": as it is on the screen, or as it was saved where it is not open. */
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { ExportDocument } from 'berdl-spark-monitor-ui/ship.js';

import { cellHash } from './hash';
import { showCell } from './jump';

/** Wait after the last change; milliseconds. */
const QUIET_MS = 300;
/** Longest wait after the first change that was not read yet, while more come; milliseconds. */
const LONGEST_MS = 2_000;

/** The parts of a notebook's file that we read. */
interface NotebookFile {
  cells: { cell_type: string; id?: string; source: string | string[]; outputs?: unknown[] }[];
  metadata?: { kernelspec?: { name?: string } };
}

type Context = NonNullable<ReturnType<IDocumentManager['contextForWidget']>>;

export class ExportSubject {
  constructor(
    private _path: string,
    private readonly documents: IDocumentManager,
    private readonly contents: Contents.IManager,
    /** For documents that name no kernel. */
    private readonly defaultKernel: () => string | undefined
  ) {
    this.look();
  }

  get path(): string {
    return this._path;
  }

  /** The document as it was read last; undefined before it was read. */
  get document(): ExportDocument | undefined {
    return this._document;
  }

  /** Emits when the document has changed and rests, or has changed for a while. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Follows the document that is open under the path now, if there is one. */
  look(): void {
    const widget = this.documents.findWidget(this._path, null);
    const context = widget && this.documents.contextForWidget(widget);
    if (context !== this.context) {
      this.leave();
      this.context = context;
      context?.model.contentChanged.connect(this.readSoon, this);
      context?.pathChanged.connect(this.move, this);
      context?.disposed.connect(this.look, this);
      this.readSoon();
    } else if (this._document === undefined) {
      this.readSoon();
    }
  }

  /** Shows a code cell, counted from 0 over all of them, and a line of it; false if there is none. */
  async jump(cell: number, line: number | undefined): Promise<boolean> {
    const widget = await this.reveal();
    if (widget instanceof NotebookPanel) {
      const indices = [...widget.content.widgets.keys()];
      const index = indices.filter(index => widget.content.widgets[index]?.model.type === 'code')[cell];
      if (index !== undefined) {
        await showCell(widget, index, line ?? null);
      }
      return index !== undefined;
    }
    const editor = (widget as { content?: { editor?: LineEditor } } | undefined)?.content?.editor;
    const begin = cellLines(this._document?.text ?? '')[cell];
    if (!editor || begin === undefined) {
      return false;
    }
    editor.setCursorPosition({ line: begin + (line ?? 1) - 1, column: 0 });
    editor.focus();
    return true;
  }

  /** Opens the document or brings it to the front. */
  async reveal(): Promise<Widget | undefined> {
    const widget = this.documents.openOrReveal(this._path);
    await widget?.revealed;
    return widget;
  }

  dispose(): void {
    window.clearTimeout(this.timer);
    this.leave();
    Signal.clearData(this);
  }

  private leave(): void {
    this.context?.model.contentChanged.disconnect(this.readSoon, this);
    this.context?.pathChanged.disconnect(this.move, this);
    this.context?.disposed.disconnect(this.look, this);
    this.context = undefined;
  }

  private move(_: unknown, path: string): void {
    this._path = path;
    this.readSoon();
  }

  private readSoon(): void {
    const now = performance.now();
    this.unreadSince ??= now;
    const rest = this._document === undefined ? 0 : QUIET_MS;
    window.clearTimeout(this.timer);
    // A cell that prints without a pause must not hide an edit.
    const left = Math.max(0, this.unreadSince + LONGEST_MS - now);
    this.timer = window.setTimeout(() => void this.read(), Math.min(rest, left));
  }

  private async read(): Promise<void> {
    this.unreadSince = undefined;
    const context = this.context;
    let content: unknown;
    try {
      if (context) {
        await context.ready;
        content = context.contentsModel?.type === 'notebook' ? context.model.toJSON() : context.model.toString();
      } else {
        content = (await this.contents.get(this._path, { content: true })).content;
      }
    } catch (reason) {
      console.warn('Spark Monitor cannot read the document', reason);
      return;
    }
    if (context !== this.context) {
      return;
    }
    const document = documentOf(this._path, content, context !== undefined, this.defaultKernel());
    // A cell's output is a change too, but no part of the text.
    if (JSON.stringify(document) !== JSON.stringify(this._document)) {
      this._document = document;
      this._changed.emit();
    }
  }

  private context: Context | undefined;
  private timer = 0;
  /** When the first change came that was not read yet. */
  private unreadSince: number | undefined;
  private _document: ExportDocument | undefined;
  private readonly _changed = new Signal<this, void>(this);
}

/** The part of JupyterLab's editor that a jump needs. */
interface LineEditor {
  setCursorPosition(position: { line: number; column: number }): void;
  focus(): void;
}

function documentOf(path: string, content: unknown, isOpen: boolean, kernel: string | undefined): ExportDocument {
  const base = { path, name: PathExt.basename(path), is_open: isOpen };
  if (typeof content === 'string') {
    const mark = cellHash(content);
    const ids = cellLines(content).map((_, cell) => String(cell));
    return { ...base, text: content, kernel_name: kernel, ids, marks: ids.map(id => `${id}-${mark}`) };
  }
  const { cells, ...rest } = content as NotebookFile;
  const code = cells.filter(cell => cell.cell_type === 'code');
  const ids = code.map((cell, number) => cell.id ?? String(number));
  return {
    ...base,
    // A job makes its own outputs.
    text: JSON.stringify({ ...rest, cells: cells.map(cell => ('outputs' in cell ? { ...cell, outputs: [] } : cell)) }),
    kernel_name: rest.metadata?.kernelspec?.name ?? kernel,
    ids,
    marks: code.map((cell, number) => `${ids[number]}-${cellHash([cell.source].flat().join(''))}`)
  };
}

/** The lines at which a Python file's code cells begin, from 0. */
function cellLines(text: string): number[] {
  const lines = text.split('\n');
  const markers = [...lines.keys()].filter(index => /^# *%%(\s|\[|$)/.test(lines[index] ?? ''));
  const isCode = (index: number): boolean => !/^# *%%.*\[(markdown|md|raw)\]/.test(lines[index] ?? '');
  const first = lines.slice(0, markers[0]).some(line => line.trim() !== '') ? [0] : [];
  return [...first, ...markers.filter(isCode).map(index => index + 1)];
}
