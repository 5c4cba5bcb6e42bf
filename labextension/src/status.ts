/** The chip: drawn once, shown in the status bar if a person wants it there, and the source of the cluster's state. */
import type { IStatusBar } from '@jupyterlab/statusbar';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { ChipHandle, Frontend, MountOptions, Tone } from 'berdl-spark-monitor-ui';

import type { KernelActivity } from './kernels';
import type { Settings } from './settings';
import type { UiLoader } from './wasm';

/** The cluster's state in one word, and its colour. */
export interface ClusterState {
  tone: Tone;
  words: string;
}

export class Chip {
  constructor(
    private readonly statusBar: IStatusBar | null,
    private readonly loader: UiLoader<Frontend>,
    private readonly options: MountOptions,
    private readonly kernels: KernelActivity,
    private readonly settings: Settings
  ) {
    this.node.className = 'sparkMonitor-ChipHost jp-mod-highlighted';
  }

  /** Emits when the cluster's state has changed, even while the chip is not in the status bar. */
  get changed(): ISignal<this, ClusterState> {
    return this._changed;
  }

  /** The part of the panel that needs attention. */
  get part(): string | undefined {
    return this.node.querySelector<HTMLElement>('[data-part]')?.dataset['part'];
  }

  /** Starts polling. */
  async start(): Promise<void> {
    const ready = this.settings.ready.then(() => {
      this.settings.changed.connect(this.obey, this);
      this.obey();
    });
    // If it cannot be loaded, the panel says why; the status bar has no room for that.
    const [frontend] = await Promise.all([this.loader.load(this), ready]);
    const on_state = (tone: Tone, words: string): void => this._changed.emit({ tone, words });
    this.handle = frontend.mount_chip(this.node, { ...this.options, on_state });
    this.obey();
    this.kernels.busyChanged.connect((_, busy) => this.handle?.set_kernel_busy(busy));
    this.handle.set_kernel_busy(this.kernels.busy);
  }

  refresh(): void {
    this.handle?.refresh();
  }

  private obey(): void {
    this.handle?.set_preferences(this.settings.preferences);
    const wanted = this.settings.showChip && this.handle !== null;
    if (wanted && !this.place) {
      const item = new Widget({ node: this.node });
      const options = { item, align: 'left', rank: 100 } as const;
      this.place = this.statusBar?.registerStatusItem('berdl-spark-monitor:chip', options) ?? null;
    } else if (!wanted && this.place) {
      this.place.dispose();
      this.place = null;
    }
  }

  private readonly node = document.createElement('div');
  private handle: ChipHandle | null = null;
  private place: IDisposable | null = null;
  private readonly _changed = new Signal<this, ClusterState>(this);
}
