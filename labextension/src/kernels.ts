/** Which kernels of this JupyterLab are busy. */
import type { ISessionContext, IWidgetTracker } from '@jupyterlab/apputils';
import type { Session } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

type WithSession = Widget & { sessionContext: ISessionContext };
type Tracker = Pick<IWidgetTracker<WithSession>, 'forEach' | 'widgetAdded'>;

/**
 * JupyterLab polls its list of running sessions every ten seconds, which is longer than most queries take. The session
 * of an open document hears from its kernel at once, so we listen to open documents, and use the list only for kernels
 * whose document is closed.
 */
export class KernelActivity {
  constructor(trackers: (Tracker | null)[], sessions: Session.IManager) {
    for (const tracker of trackers) {
      tracker?.forEach(widget => this.follow(widget));
      tracker?.widgetAdded.connect((_, widget) => this.follow(widget));
    }
    sessions.runningChanged.connect((_, running) => {
      this.listed = running.filter(model => model.kernel?.execution_state === 'busy');
      this.update();
    });
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Emits when `busy` has changed. */
  get busyChanged(): ISignal<this, boolean> {
    return this._busyChanged;
  }

  /** Emits when the state of any kernel may have changed. */
  get updated(): ISignal<this, void> {
    return this._updated;
  }

  /** Whether any kernel is busy, except those of these documents. */
  isBusyBeside(documents: ReadonlySet<ISessionContext>): boolean {
    return this.busyOpen().some(context => !documents.has(context)) || this.isBusyUnopened();
  }

  /** Runs something that keeps a kernel busy for a moment but is not the user's work. */
  async quietly<T>(session: ISessionContext, work: () => Promise<T>): Promise<T> {
    this.quiet.set(session, (this.quiet.get(session) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.quiet.set(session, (this.quiet.get(session) ?? 1) - 1);
      this.update();
    }
  }

  private follow(widget: WithSession): void {
    const session = widget.sessionContext;
    this.open.add(session);
    session.statusChanged.connect(this.update, this);
    session.kernelChanged.connect(this.update, this);
    widget.disposed.connect(() => {
      this.open.delete(session);
      session.statusChanged.disconnect(this.update, this);
      session.kernelChanged.disconnect(this.update, this);
      this.update();
    });
    this.update();
  }

  private update(): void {
    const busy = this.busyOpen().length > 0 || this.isBusyUnopened();
    if (busy !== this._busy) {
      this._busy = busy;
      this._busyChanged.emit(busy);
    }
    this._updated.emit();
  }

  private busyOpen(): ISessionContext[] {
    const isBusy = (context: ISessionContext): boolean =>
      context.session?.kernel?.status === 'busy' && !this.quiet.get(context);
    return [...this.open].filter(isBusy);
  }

  /** Whether a kernel is busy whose document is closed. */
  private isBusyUnopened(): boolean {
    const ids = new Set([...this.open].map(context => context.session?.id));
    return this.listed.some(model => !ids.has(model.id));
  }

  /** How many of our own requests are running. */
  private readonly quiet = new WeakMap<ISessionContext, number>();
  private readonly open = new Set<ISessionContext>();
  /** Kernels that are busy according to the list, whether their documents are open or not. */
  private listed: Session.IModel[] = [];
  private _busy = false;
  private readonly _busyChanged = new Signal<this, boolean>(this);
  private readonly _updated = new Signal<this, void>(this);
}
