/** The panel's widget: draws while it is attached, and updates the WebAssembly. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { Frontend, MountOptions } from 'berdl-spark-monitor-ui';

import { copyText } from './copy';
import { icon } from './icon';
import type { KernelActivity } from './kernels';
import type { Notebooks } from './notebooks';
import type { PanelContent } from './panel-content';
import type { SavedApp } from './saved-app';
import type { ClusterState } from './status';
import type { UiLoader } from './wasm';

export const PANEL_ID = 'berdl-spark-monitor:panel';

/** What a panel needs from the rest. */
export interface PanelContext {
  loader: UiLoader<Frontend>;
  options: MountOptions;
  kernels: KernelActivity;
  savedApp: SavedApp;
  content: PanelContent;
  notebooks: Notebooks;
  trans: TranslationBundle;
  /** Nothing is drawn before this resolves. */
  ready: Promise<unknown>;
}

export class PanelWidget extends Widget {
  constructor(private readonly context: PanelContext) {
    super();
    this.id = PANEL_ID;
    this.addClass('sparkMonitor-Panel');
    this.title.icon = icon;
    this.title.caption = this.name;
    this.title.closable = true;
    // Focused on opening, so that the next Tab reaches its first button.
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.name);
  }

  /** Emits when the panel is shown or hidden. */
  get visibilityChanged(): ISignal<this, void> {
    return this._visibilityChanged;
  }

  /** Sets the badge of the panel's tab, and the same in words. */
  showState({ tone, words }: ClusterState): void {
    this.title.className = `sparkMonitor-Tab sparkMonitor-mod-${tone}`;
    this.title.caption = this.context.trans.__('%1 (%2)', this.name, words);
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    const attachment = ++this.attachment;
    const { loader, ready } = this.context;
    loader.failed.connect(this.showError, this);
    this.showError();
    void Promise.all([loader.load(this), ready]).then(([frontend]) => {
      // The widget may have been detached, or attached again, while the module was loading.
      if (attachment === this.attachment) {
        this.context.content.enter(this.node, frontend, () => this.mountOptions());
        this.listen();
      }
    });
  }

  protected override onBeforeDetach(msg: Message): void {
    this.attachment++;
    this.context.loader.failed.disconnect(this.showError, this);
    if (this.listens) {
      const { content, kernels, notebooks } = this.context;
      notebooks.changed.disconnect(this.tellNotebooks, this);
      kernels.busyChanged.disconnect(this.tellKernels, this);
      content.destroy();
      this.listens = false;
    }
    super.onBeforeDetach(msg);
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.context.loader.retry();
    // A click on the chip may have led into it already.
    if (!this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.tellVisibility();
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.tellVisibility();
  }

  private listen(): void {
    this.listens = true;
    this.context.content.set_visible(this.isVisible);
    this.tellNotebooks();
    this.tellKernels();
    this.context.notebooks.changed.connect(this.tellNotebooks, this);
    this.context.kernels.busyChanged.connect(this.tellKernels, this);
  }

  private mountOptions(): MountOptions {
    const { notebooks, options, savedApp } = this.context;
    return {
      ...options,
      ...(savedApp.id === undefined ? {} : { app_id: savedApp.id }),
      on_pick_app: id => savedApp.save(id),
      on_copy: copyText,
      on_jump: (id, cell, line) => notebooks.jump(id, cell, line)
    };
  }

  private showError(): void {
    if (!this.listens) {
      this.context.loader.showError(this.node);
    }
  }

  private tellNotebooks(): void {
    this.context.content.set_notebooks(this.context.notebooks.facts());
  }

  private tellKernels(): void {
    this.context.content.set_kernel_busy(this.context.kernels.busy);
  }

  private tellVisibility(): void {
    if (this.listens) {
      this.context.content.set_visible(this.isVisible);
    }
    this._visibilityChanged.emit();
  }

  private get name(): string {
    return this.context.trans.__('Spark Monitor');
  }

  private attachment = 0;
  /** Whether it shows the content and receives its events. */
  private listens = false;
  private readonly _visibilityChanged = new Signal<this, void>(this);
}
