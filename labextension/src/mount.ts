/** A Lumino widget whose content is drawn by the WebAssembly, for as long as the widget is attached. */
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { KernelActivity } from './kernels';
import { loadUi, showLoadError, type Ui } from './wasm';

/** What every mounted part offers. */
export interface Mounted {
  set_kernel_busy(busy: boolean): void;
  destroy(): void;
}

export abstract class MountedWidget<T extends Mounted> extends Widget {
  /** Nothing is drawn before `ready` has resolved. */
  constructor(
    private readonly kernels: KernelActivity,
    private readonly ready: Promise<void> = Promise.resolve()
  ) {
    super();
  }

  /** Draws into the widget's node. */
  protected abstract mount(ui: Ui): T;

  /** Told the mounted part once it is there. */
  protected mounted: T | null = null;

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    const attachment = ++this.attachment;
    Promise.all([loadUi(), this.ready]).then(
      ([ui]) => {
        // The widget may have been detached, or even attached again, while the module was on its way.
        if (attachment !== this.attachment) {
          return;
        }
        this.mounted = this.mount(ui);
        this.mounted.set_kernel_busy(this.kernels.busy);
        this.kernels.busyChanged.connect(this.onBusyChanged, this);
      },
      (reason: unknown) => {
        if (attachment === this.attachment) {
          this.onLoadError(reason);
        }
      }
    );
  }

  protected override onBeforeDetach(msg: Message): void {
    this.attachment++;
    this.kernels.busyChanged.disconnect(this.onBusyChanged, this);
    this.mounted?.destroy();
    this.mounted = null;
    super.onBeforeDetach(msg);
  }

  protected onLoadError(reason: unknown): void {
    showLoadError(this.node, reason);
  }

  private onBusyChanged(_: KernelActivity, busy: boolean): void {
    this.mounted?.set_kernel_busy(busy);
  }

  private attachment = 0;
}
