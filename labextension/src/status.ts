/** The status-bar chip's place. */
import type { Widget } from '@lumino/widgets';
import type { ChipHandle, MountOptions } from 'berdl-spark-monitor-ui';

import type { KernelActivity } from './kernels';
import { MountedWidget } from './mount';
import type { Ui } from './wasm';

class ChipWidget extends MountedWidget<ChipHandle> {
  constructor(
    private readonly options: MountOptions,
    kernels: KernelActivity
  ) {
    super(kernels);
    this.addClass('sparkMonitor-ChipHost');
    this.addClass('jp-mod-highlighted');
  }

  protected override mount(ui: Ui): ChipHandle {
    return ui.mount_chip(this.node, this.options);
  }

  /** The panel tells why; the status bar has no room for it. */
  protected override onLoadError(): void {
    this.hide();
  }
}

export function createChip(
  options: MountOptions,
  kernels: KernelActivity,
  onOpen: () => void
): Widget {
  return new ChipWidget({ ...options, on_open: onOpen }, kernels);
}
