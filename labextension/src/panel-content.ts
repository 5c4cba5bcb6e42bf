/** The panel's content, in an element of its own that moves from widget to widget. */
import type { Frontend, MountOptions, NotebookFacts, Order, PanelHandle } from 'berdl-spark-monitor-ui';

import type { Settings } from './settings';

/** How long a part of the panel may take to appear before nobody waits for it; milliseconds. */
const PATIENCE_MS = 15_000;

/**
 * Mounted once per page: Yew never removes its listeners from an application's root, so a new application for each
 * opening of the panel would leave some behind each time.
 */
export class PanelContent {
  constructor(private readonly settings: Settings) {
    settings.changed.connect(this.tellPreferences, this);
  }

  /** Shows it in `node`. */
  enter(node: HTMLElement, frontend: Frontend, options: () => MountOptions): void {
    node.replaceChildren(this.root);
    this.handle ??= frontend.mount_panel(this.root, options());
    this.tellPreferences();
    this.early.splice(0).forEach(order => this.order(order));
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

  /** Carries out a person's command, as soon as the content is mounted. */
  order(order: Order): void {
    if (this.handle) {
      this.handle.order(order);
    } else {
      this.early.push(order);
    }
  }

  /** Unfolds a part, scrolls to it and moves the focus there, as soon as it is drawn: its data may be on the way. */
  show(part: string): void {
    const way = part.startsWith('query-') ? ['recent', part] : [part];
    const deadline = Date.now() + PATIENCE_MS;
    const look = (): void => {
      if (!this.goes(way) && Date.now() < deadline) {
        setTimeout(look, 100);
      }
    };
    look();
  }

  /** Goes one step: unfolds the first part that is folded, or arrives at the last one. */
  private goes(way: string[]): boolean {
    let button: HTMLButtonElement | null = null;
    for (const part of way) {
      const element = this.root.querySelector(`[id="sparkMonitor-${CSS.escape(part)}"]`);
      const whole = element?.closest('li, section') ?? element;
      if (!whole) {
        return false;
      }
      button = whole.querySelector('button');
      if (button?.getAttribute('aria-expanded') === 'false') {
        button.click();
        return false;
      }
      whole.scrollIntoView({ block: 'nearest' });
    }
    button?.focus();
    return true;
  }

  /** Called when its widget closes: aborts requests in flight, ends timers, draws nothing. */
  destroy(): void {
    this.handle?.clear();
    this.root.remove();
  }

  private tellPreferences(): void {
    this.handle?.set_preferences(this.settings.preferences);
  }

  private readonly root = document.createElement('div');
  private readonly early: Order[] = [];
  private handle: PanelHandle | null = null;
}
