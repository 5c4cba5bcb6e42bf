/** The panel's place in a sidebar: opened, hidden, closed and opened again, left or right. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type ISignal, Signal } from '@lumino/signaling';

import { PANEL_ID, type PanelContext, PanelWidget } from './panel';
import type { Side } from './settings';
import type { ClusterState } from './status';

const RANK = 1100;

/** A shell with collapsible sidebars, like JupyterLab's. */
interface Folding {
  collapseLeft(): void;
  collapseRight(): void;
}

export class PanelSlot {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly context: PanelContext
  ) {
    this._widget = this.create();
  }

  get widget(): PanelWidget {
    return this._widget;
  }

  get isVisible(): boolean {
    return !this._widget.isDisposed && this._widget.isVisible;
  }

  /** Emits when the panel is shown or hidden. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  add(): void {
    if (this._widget.isDisposed) {
      this._widget = this.create();
    }
    if (!this._widget.isAttached) {
      this.place();
    }
  }

  open(): void {
    this.add();
    this.shell.activateById(PANEL_ID);
  }

  toggle(): void {
    if (this.isVisible && 'collapseLeft' in this.shell) {
      const shell = this.shell as JupyterFrontEnd.IShell & Folding;
      const hadFocus = this._widget.node.contains(document.activeElement);
      if (this.isIn('right')) {
        shell.collapseRight();
      } else {
        shell.collapseLeft();
      }
      if (hadFocus) {
        // Returns the focus to where the person came from.
        shell.currentWidget?.activate();
      }
    } else {
      this.open();
    }
  }

  /** Moves the panel if the side has changed, and keeps it open or hidden. */
  obey(side: Side): void {
    const isNew = side !== this.side;
    this.side = side;
    if (isNew && this._widget.isAttached && !this.isIn(side)) {
      const { isVisible } = this;
      this.place();
      if (isVisible) {
        this.open();
      }
    }
  }

  /** Shows the cluster's state on the panel's tab. */
  showState(state: ClusterState): void {
    this.state = state;
    this._widget.showState(state);
  }

  private place(): void {
    this.shell.add(this._widget, this.side, { rank: RANK, type: 'Spark Monitor' });
  }

  private isIn(side: Side): boolean {
    return [...this.shell.widgets(side)].includes(this._widget);
  }

  private create(): PanelWidget {
    const widget = new PanelWidget(this.context);
    widget.visibilityChanged.connect(() => this._changed.emit());
    if (this.state) {
      widget.showState(this.state);
    }
    return widget;
  }

  private side: Side = 'left';
  private state: ClusterState | null = null;
  private _widget: PanelWidget;
  private readonly _changed = new Signal<this, void>(this);
}
