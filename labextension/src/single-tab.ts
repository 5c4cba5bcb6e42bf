/** A tab of the main area of which there is at most one, restored with the layout. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Toolbar } from '@jupyterlab/ui-components';

import { icon } from './icon';
import { TabContent, type TabHandle } from './tab';
import type { UiLoader } from './wasm';

export type TabWidget<B, H extends TabHandle> = MainAreaWidget<TabContent<B, H>>;

/** `B` is the object that opens the bundle's tabs. */
export class SingleTab<B, H extends TabHandle> {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly loader: UiLoader<B>,
    /** The end of its id, and its name in the layout. */
    private readonly name: string,
    private readonly label: string,
    private readonly draw: (bundle: B, node: HTMLElement) => H,
    /** What the tab needs before it can be drawn. */
    private readonly ready: Promise<unknown> = Promise.resolve(),
    /** What the layout keeps of it, for its command. */
    private readonly kept: () => ReadonlyJSONObject = () => ({})
  ) {
    this.tracker = new WidgetTracker({ namespace: `berdl-spark-monitor-${name}` });
  }

  /** Brings the tab to the front, and opens it if it is not open. */
  async show(): Promise<TabWidget<B, H>> {
    // Whether the last layout has the tab is not known earlier.
    await Promise.all([this.loader.started, this.ready]);
    const widget = this.widget ?? this.create();
    if (!widget.isAttached) {
      this.shell.add(widget, 'main');
      // Notebook 7 reserves its main area for one document.
      if (!widget.isAttached) {
        this.shell.add(widget, 'down');
      }
      await this.tracker.add(widget);
    }
    this.shell.activateById(widget.id);
    return widget;
  }

  /** Calls `command`, with `restored`, for a tab that was open before a reload. */
  restoredBy(restorer: ILayoutRestorer | null, command: string): void {
    void restorer?.restore(this.tracker, { command, name: () => this.name, args: () => ({ ...this.kept(), restored: true }) });
  }

  /** Creates the tab; the restorer puts it in its place. */
  async restore(): Promise<void> {
    await this.ready;
    // It may have been opened meanwhile.
    if (this.widget) {
      return;
    }
    const widget = this.create();
    this.shell.add(widget, 'main', { activate: false });
    await this.tracker.add(widget);
  }

  /** The open tab. */
  protected get widget(): TabWidget<B, H> | undefined {
    return this.tracker.find(() => true);
  }

  /** Lets the layout keep it as it is now. */
  protected save(): void {
    if (this.widget) {
      void this.tracker.save(this.widget);
    }
  }

  private create(): TabWidget<B, H> {
    const content = new TabContent(this.loader, this.draw);
    // Without this, JupyterLab creates a toolbar that leaves listeners and elements behind.
    const toolbar = new Toolbar();
    toolbar.hide();
    const widget = new MainAreaWidget({ content, toolbar });
    widget.id = `berdl-spark-monitor:${this.name}`;
    widget.title.label = this.label;
    widget.title.icon = icon;
    content.node.setAttribute('aria-label', this.label);
    return widget;
  }

  private readonly tracker: WidgetTracker<TabWidget<B, H>>;
}
