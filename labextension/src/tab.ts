/** The content of a tab in the main area: its bundle draws it as soon as the tab is visible. */
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { UiLoader } from './wasm';

/** A tab that a bundle has opened; freeing it closes the tab. */
export interface TabHandle {
  set_shown(shown: boolean): void;
  free(): void;
}

/** `B` is the object that opens the bundle's tabs. */
export class TabContent<B, H extends TabHandle> extends Widget {
  constructor(
    private readonly loader: UiLoader<B>,
    private readonly open: (bundle: B, node: HTMLElement) => H
  ) {
    super();
    this.addClass('sparkMonitor-Page');
  }

  /** Calls the open tab, as soon as it is open. */
  ask(act: (handle: H) => void): void {
    if (this.handle) {
      act(this.handle);
    } else {
      this.early.push(act);
    }
  }

  /** Closes it: requests in flight are aborted, timers end, nothing is drawn any more. */
  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.loader.leave(this);
    this.handle?.free();
    this.handle = null;
    super.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.loader.retry();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.tellShown();
  }

  protected override onAfterDetach(msg: Message): void {
    super.onAfterDetach(msg);
    this.tellShown();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.tellShown();
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.tellShown();
  }

  private tellShown(): void {
    if (this.handle) {
      this.handle.set_shown(this.isVisible);
    } else if (this.isVisible) {
      // While the layout is being restored, a tab may be shown for a moment that ends up behind another.
      void this.loader.started.then(() => this.load());
    }
  }

  private load(): void {
    if (!this.isVisible || this.loads) {
      return;
    }
    this.loads = true;
    this.loader.failed.connect(this.showError, this);
    this.showError();
    void this.loader.load(this).then(bundle => {
      // It may have been closed in the meantime.
      if (this.isDisposed) {
        return;
      }
      this.loader.failed.disconnect(this.showError, this);
      this.node.replaceChildren();
      const handle = this.open(bundle, this.node);
      this.handle = handle;
      handle.set_shown(this.isVisible);
      this.early.splice(0).forEach(act => act(handle));
    });
  }

  private showError(): void {
    this.loader.showError(this.node);
  }

  private readonly early: ((handle: H) => void)[] = [];
  private loads = false;
  private handle: H | null = null;
}
