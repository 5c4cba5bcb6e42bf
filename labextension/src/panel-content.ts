/** The panel's content, in an element of its own that moves from widget to widget. */
import type { Frontend, MountOptions, NotebookFacts, Order, PanelHandle } from 'berdl-spark-monitor-ui';

import type { Settings } from './settings';
import { walkRows } from './walk-rows';

/** How long a part of the panel may take to appear before nobody waits for it; milliseconds. */
const PATIENCE_MS = 15_000;
/** The part that lists the findings. */
const FINDINGS = 'findings';

/**
 * Mounted once per page: Yew never removes its listeners from an application's root, so a new application for each
 * opening of the panel would leave some behind each time.
 */
export class PanelContent {
  constructor(private readonly settings: Settings) {
    settings.changed.connect(this.tellPreferences, this);
    this.root.addEventListener('keydown', walkRows);
    this.root.addEventListener('click', keepFocus);
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

  /** Carries out an entry of a row's context menu. */
  choose(row: string, entry: string): void {
    this.handle?.choose(row, entry);
  }

  /** Unfolds a part, scrolls to it and moves the focus there, as soon as it is drawn: its data may be on the way. */
  show(part: string): void {
    this.search?.abort();
    const search = (this.search = new AbortController());
    // Whoever does something else, here or elsewhere, no longer wants to be led.
    for (const event of ['wheel', 'pointerdown', 'keydown']) {
      document.addEventListener(event, () => search.abort(), { signal: search.signal, capture: true });
    }
    if (part === FINDINGS) {
      // The chip tells them, though a person has dismissed them here.
      this.order('show-dismissed');
    }
    const way = part.startsWith('query-') ? ['recent', part] : [part];
    const deadline = Date.now() + PATIENCE_MS;
    const look = (): void => {
      if (search.signal.aborted || Date.now() > deadline || this.goes(way)) {
        search.abort();
      } else {
        setTimeout(look, 100);
      }
    };
    look();
  }

  /** Goes the rest of the way: unfolds each part once, and focuses the last one. */
  private goes(way: string[]): boolean {
    while (way.length > 0) {
      const element = this.root.querySelector<HTMLElement>(`[id="sparkMonitor-${CSS.escape(way[0] ?? '')}"]`);
      const whole = element?.closest<HTMLElement>('li, section') ?? element;
      if (!whole) {
        return false;
      }
      way.shift();
      const button = whole.querySelector<HTMLButtonElement>('button[aria-expanded]');
      const isFolded = button?.getAttribute('aria-expanded') === 'false';
      if (isFolded) {
        button.click();
      }
      whole.scrollIntoView({ block: 'nearest' });
      if (way.length === 0) {
        (whole.matches('[tabindex]') ? whole : (button ?? whole.querySelector('button')))?.focus();
      } else if (isFolded) {
        return false;
      }
    }
    return true;
  }

  /** Called when its widget closes: aborts requests in flight, ends timers, draws nothing. */
  destroy(): void {
    this.search?.abort();
    this.handle?.clear();
    this.root.remove();
  }

  private tellPreferences(): void {
    this.handle?.set_preferences(this.settings.preferences);
  }

  private readonly root = document.createElement('div');
  /** The search for the part that a click on the chip leads to. */
  private search: AbortController | undefined;
  private readonly early: Order[] = [];
  private handle: PanelHandle | null = null;
}

/** The button that dismisses a finding goes with it, and a keyboard would have to start again. */
function keepFocus({ target }: Event): void {
  const list = target instanceof Element ? target.closest<HTMLElement>('.sparkMonitor-PanelFindings') : null;
  setTimeout(() => {
    if (document.activeElement === document.body) {
      list?.focus();
    }
  });
}
