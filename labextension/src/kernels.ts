/** Whether any kernel of the open notebooks and consoles is busy. */
import type { ISessionContext, IWidgetTracker } from '@jupyterlab/apputils';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

type WithSession = Widget & { sessionContext: ISessionContext };
type Tracker = Pick<IWidgetTracker<WithSession>, 'forEach' | 'widgetAdded'>;

/**
 * JupyterLab's list of running sessions is polled every ten seconds, which is longer than most queries. The session
 * of an open document hears its kernel at once, so that is what is listened to.
 */
export class KernelActivity {
  constructor(trackers: (Tracker | null)[]) {
    for (const tracker of trackers) {
      tracker?.forEach(widget => this.follow(widget));
      tracker?.widgetAdded.connect((_, widget) => this.follow(widget));
    }
  }

  get busy(): boolean {
    return this.busySessions.size > 0;
  }

  /** Emits when `busy` has changed. */
  get busyChanged(): ISignal<this, boolean> {
    return this._busyChanged;
  }

  private follow(widget: WithSession): void {
    const session = widget.sessionContext;
    const update = () => this.set(session, session.session?.kernel?.status === 'busy');
    session.statusChanged.connect(update);
    session.kernelChanged.connect(update);
    widget.disposed.connect(() => {
      session.statusChanged.disconnect(update);
      session.kernelChanged.disconnect(update);
      this.set(session, false);
    });
    update();
  }

  private set(session: ISessionContext, busy: boolean): void {
    const before = this.busy;
    if (busy) {
      this.busySessions.add(session);
    } else {
      this.busySessions.delete(session);
    }
    if (before !== this.busy) {
      this._busyChanged.emit(this.busy);
    }
  }

  private readonly busySessions = new Set<ISessionContext>();
  private readonly _busyChanged = new Signal<this, boolean>(this);
}
