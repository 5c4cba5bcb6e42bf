/** The sidebar panel's place, and how it is opened, hidden and opened again. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import type { MountOptions } from 'berdl-spark-monitor-ui';

import { copyText } from './copy';
import type { KernelActivity } from './kernels';
import { MountedWidget } from './mount';
import type { Notebooks } from './notebooks';
import { PanelContent } from './panel-content';
import type { SavedApp } from './saved-app';
import type { Ui } from './wasm';

const PANEL_ID = 'berdl-spark-monitor:panel';
const RANK = 1100;

const icon = new LabIcon({
  name: 'berdl-spark-monitor:icon',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M13.5 2 5 13.2h5.4L9 22l9.6-12.2h-6z"/></svg>'
});

class PanelWidget extends MountedWidget<PanelContent> {
  constructor(
    private readonly options: MountOptions,
    kernels: KernelActivity,
    private readonly savedApp: SavedApp,
    private readonly content: PanelContent,
    private readonly notebooks: Notebooks,
    title: string
  ) {
    super(kernels, savedApp.ready);
    this.id = PANEL_ID;
    this.addClass('sparkMonitor-Panel');
    this.title.icon = icon;
    this.title.caption = title;
    this.title.closable = true;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', title);
  }

  /** Emits when the panel is shown or hidden. */
  get visibilityChanged(): ISignal<this, void> {
    return this._visibilityChanged;
  }

  protected override mount(ui: Ui): PanelContent {
    this.content.enter(this.node, ui, () => this.mountOptions());
    this.content.set_visible(this.isVisible);
    this.tellNotebooks();
    this.notebooks.changed.connect(this.tellNotebooks, this);
    return this.content;
  }

  private mountOptions(): MountOptions {
    const options: MountOptions = {
      ...this.options,
      on_pick_app: id => this.savedApp.save(id),
      on_copy: copyText,
      on_jump: (id, cell, line) => this.notebooks.jump(id, cell, line)
    };
    if (this.savedApp.id !== undefined) {
      options.app_id = this.savedApp.id;
    }
    return options;
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.tellVisibility();
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.tellVisibility();
  }

  protected override onBeforeDetach(msg: Message): void {
    this.notebooks.changed.disconnect(this.tellNotebooks, this);
    super.onBeforeDetach(msg);
  }

  private tellNotebooks(): void {
    this.content.set_notebooks(this.notebooks.facts());
  }

  private tellVisibility(): void {
    this.mounted?.set_visible(this.isVisible);
    this._visibilityChanged.emit();
  }

  private readonly _visibilityChanged = new Signal<this, void>(this);
}

/** Holds the panel's widget, and makes a new one when the last was closed. */
export class PanelSlot {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly options: MountOptions,
    private readonly kernels: KernelActivity,
    private readonly savedApp: SavedApp,
    private readonly notebooks: Notebooks,
    private readonly title: string
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
      this.shell.add(this._widget, 'left', { rank: RANK, type: 'Spark Monitor' });
    }
  }

  open(): void {
    this.add();
    this.shell.activateById(PANEL_ID);
  }

  toggle(): void {
    if (this.isVisible && 'collapseLeft' in this.shell) {
      (this.shell as { collapseLeft(): void }).collapseLeft();
    } else {
      this.open();
    }
  }

  private create(): PanelWidget {
    const widget = new PanelWidget(
      this.options,
      this.kernels,
      this.savedApp,
      this.content,
      this.notebooks,
      this.title
    );
    widget.visibilityChanged.connect(() => this._changed.emit());
    return widget;
  }

  private readonly content = new PanelContent();
  private _widget: PanelWidget;
  private readonly _changed = new Signal<this, void>(this);
}
