/** The open notebooks, as reported to the panel. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { NotebookFacts } from 'berdl-spark-monitor-ui';

import { cellHash } from './hash';
import { findCell, showCell } from './jump';
import type { KernelActivity } from './kernels';
import { type RanCell, FollowedNotebook } from './notebook';
import type { Settings } from './settings';

/** A query that Spark still knows. Times are milliseconds since 1970 by the browser's clock. */
export interface PastQuery {
  app_id: string;
  /** Of Spark Connect; null if the driver is the notebook's own. */
  session_id: string | null;
  began_ms: number;
  ended_ms: number;
}

export class Notebooks {
  constructor(
    private readonly tracker: INotebookTracker | null,
    private readonly kernels: KernelActivity,
    private readonly shell: JupyterFrontEnd.IShell
  ) {
    tracker?.forEach(panel => this.follow(panel));
    tracker?.widgetAdded.connect((_, panel) => this.follow(panel));
    tracker?.currentChanged.connect(() => this._changed.emit());
    kernels.updated.connect(() => this.look());
  }

  /** Emits when any fact has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emits when a cell of an open notebook has ended. */
  get ended(): ISignal<this, RanCell> {
    return this._ended;
  }

  /** The cells of open notebooks that run. */
  running(): RanCell[] {
    return [...this.followed.values()].flatMap(notebook => notebook.running());
  }

  facts(): NotebookFacts[] {
    const current = this.tracker?.currentWidget;
    return [...this.followed.values()].map(notebook => ({
      ...notebook.facts(),
      current: notebook.panel === current,
      others_busy: this.othersBusy
    }));
  }

  /** The notebook that a person is working in, if its kernel is known to use Spark Connect. */
  get current(): { title: string; session_id: string } | undefined {
    const { session_id, title } = this.facts().find(({ current }) => current) ?? {};
    return title !== undefined && session_id ? { title, session_id } : undefined;
  }

  /** Whether the kernel of an open notebook has named this session of Spark Connect as its own. */
  isOurs(sessionId: string): boolean {
    return this.facts().some(({ asked, session_id }) => asked && session_id === sessionId);
  }

  /** The open notebook whose kernel has named a session, or a driver of its own, as the one of a query. */
  of(sessionId: string | null, appId: string): NotebookFacts | undefined {
    return this.facts().find(({ session_id, app_id }) => (sessionId === null ? app_id === appId : session_id === sessionId));
  }

  /** Writes a code cell below the active one of the notebook that a person is working in; false without a notebook. */
  insertCell(source: string): boolean {
    const notebook = this.tracker?.currentWidget?.content;
    const cells = notebook?.model?.sharedModel;
    if (!notebook || !cells) {
      return false;
    }
    const index = notebook.activeCellIndex + 1;
    cells.insertCell(index, { cell_type: 'code', source, metadata: { trusted: true } });
    notebook.activeCellIndex = index;
    return true;
  }

  /** Sets whether kernels may be asked. */
  async obey(settings: Settings): Promise<void> {
    await settings.ready;
    const read = (): void => this.setAsking(settings.askKernel);
    settings.changed.connect(read);
    read();
  }

  /** Goes to a cell, unless it is cancelled while it is looked up; false if it has changed. */
  jump(notebookId: string, cell: number | string, line: number | null): Promise<boolean> {
    this.cancelJumps();
    return this.goTo(this.jumps, notebookId, cell, line);
  }

  /** Another jump or a query's page came first, so a jump whose cell is still being looked up ends. */
  cancelJumps(): void {
    this.jumps += 1;
  }

  /** `jump` is the number of the jump that goes there. */
  private async goTo(jump: number, notebookId: string, cell: number | string, line: number | null): Promise<boolean> {
    const notebook = this.followed.get(notebookId);
    const index = notebook && (await findCell(notebook, cell));
    if (!notebook || index === undefined) {
      return false;
    }
    if (jump === this.jumps) {
      this.shell.activateById(notebookId);
      await showCell(notebook.panel, index, line);
    }
    return true;
  }

  /** Brings a cell's notebook to the front, with the cell if it has not changed. */
  async show({ notebook, count, code }: RanCell): Promise<void> {
    const { id } = notebook.panel;
    this.cancelJumps();
    const { jumps: jump } = this;
    // Another tab of the browser may have run it, and then no cell here has its count.
    const isFound = (await this.goTo(jump, id, count, null)) || (await this.goTo(jump, id, cellHash(code), null));
    if (!isFound && jump === this.jumps) {
      this.shell.activateById(id);
    }
  }

  /** Shows the cell that ran a query; false if that is not known, or more than one cell may have. */
  async showRan(query: PastQuery): Promise<boolean> {
    const ofSession = [...this.followed.values()].filter(notebook => {
      const { session_id, app_id } = notebook.facts();
      return query.session_id === null ? app_id === query.app_id : session_id === query.session_id;
    });
    const [ran, ...others] = ofSession.flatMap(notebook => notebook.ranDuring(query.began_ms, query.ended_ms));
    if (ran === undefined || others.length > 0) {
      return false;
    }
    await this.show(ran);
    return true;
  }

  /** Looks whether a kernel without an open notebook is busy. */
  private look(): void {
    const notebooks = new Set([...this.followed.values()].map(notebook => notebook.panel.sessionContext));
    const busy = this.kernels.isBusyBeside(notebooks);
    if (busy !== this.othersBusy) {
      this.othersBusy = busy;
      this._changed.emit();
    }
  }

  private setAsking(asking: boolean): void {
    this.asking = asking;
    this.followed.forEach(notebook => notebook.askSoon());
  }

  private follow(panel: NotebookPanel): void {
    const notebook = new FollowedNotebook(panel, this.kernels, () => this.asking);
    this.followed.set(panel.id, notebook);
    notebook.changed.connect(() => this._changed.emit());
    notebook.ended.connect((_, cell) => this._ended.emit(cell));
    panel.disposed.connect(() => {
      this.followed.delete(panel.id);
      this.look();
      this._changed.emit();
    });
    this.look();
    this._changed.emit();
  }

  private jumps = 0;
  private readonly followed = new Map<string, FollowedNotebook>();
  private othersBusy = false;
  /** No kernel is asked before the settings are loaded. */
  private asking = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, RanCell>(this);
}
