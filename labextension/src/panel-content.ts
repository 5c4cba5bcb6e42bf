/** What the panel shows, in an element of its own that moves from widget to widget. */
import type { MountOptions, NotebookFacts, PanelHandle } from 'berdl-spark-monitor-ui';

import type { Mounted } from './mount';
import type { Ui } from './wasm';

/**
 * Mounted once for the life of the page: the listeners that Yew puts on the root of an application are never taken back,
 * so that a new application for each opening of the panel would leave some behind each time.
 */
export class PanelContent implements Mounted {
  /** Shows it in `node`. */
  enter(node: HTMLElement, ui: Ui, options: () => MountOptions): void {
    node.replaceChildren(this.root);
    this.handle ??= ui.mount_panel(this.root, options());
  }

  set_kernel_busy(busy: boolean): void {
    this.handle?.set_kernel_busy(busy);
  }

  set_visible(visible: boolean): void {
    this.handle?.set_visible(visible);
  }

  set_notebooks(facts: NotebookFacts[]): void {
    this.handle?.set_notebooks(facts);
  }

  /** Its widget goes: aborts what is in flight, ends timers, draws nothing. */
  destroy(): void {
    this.handle?.clear();
    this.root.remove();
  }

  private readonly root = document.createElement('div');
  private handle: PanelHandle | null = null;
}
