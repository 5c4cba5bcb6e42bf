/** A person's current settings from JupyterLab's Settings editor. */
import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Preferences } from 'berdl-spark-monitor-ui';

export type Side = 'left' | 'right';

export class Settings {
  constructor(
    registry: ISettingRegistry | null,
    private readonly plugin: string,
    private readonly trans: TranslationBundle
  ) {
    this.ready = registry ? this.load(registry) : Promise.resolve();
  }

  /** Resolves when the settings are loaded or cannot be. */
  readonly ready: Promise<void>;

  /** Emits when any setting has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether kernels may be asked. Without a registry nobody can have said no; a registry that fails may hide a no. */
  get askKernel(): boolean {
    return this.get('askKernel', !this.failed);
  }

  /** How long a query must have run for a notification when it ends; 0 for never. */
  get noticeAfterMs(): number {
    return 1000 * this.get('noticeAfterSeconds', 60);
  }

  muteNotices(): void {
    void this.save('noticeAfterSeconds', 0);
  }

  /** The kinds of findings that the person does not want to see. */
  get mutedFindings(): string[] {
    return this.muting ?? this.get<string[]>('mutedFindings', []);
  }

  /** Shows no findings of a kind any more, or shows them again. */
  muteFindings(kind: string, muted: boolean): void {
    const others = this.mutedFindings.filter(other => other !== kind);
    const muting = muted ? [...others, kind] : others;
    // The settings have it only when the server has stored it, and the next click must not lose it.
    this.muting = muting;
    this._changed.emit();
    void this.save('mutedFindings', muting).then(() => {
      if (this.muting === muting) {
        this.muting = undefined;
        this._changed.emit();
      }
    });
  }

  get showChip(): boolean {
    return this.get('showChip', true);
  }

  get side(): Side {
    return this.get<Side>('side', 'left');
  }

  /** The settings passed to chip and panel. */
  get preferences(): Preferences {
    const open = this.get<Record<string, boolean>>('openSections', { cluster: false });
    return {
      chip_poll_ms: 1000 * this.get('chipSeconds', 0),
      cluster_poll_ms: 1000 * this.get('clusterSeconds', 0),
      query_poll_ms: 1000 * this.get('querySeconds', 0),
      amber_above_percent: this.get('amberAbovePercent', 70),
      red_above_percent: this.get('redAbovePercent', 90),
      folded: Object.keys(open).filter(section => !open[section]),
      muted: this.mutedFindings
    };
  }

  private get<T>(name: string, otherwise: T): T {
    return (this.settings?.get(name).composite as T | undefined) ?? otherwise;
  }

  private async save(name: string, value: number | string[]): Promise<void> {
    try {
      await this.settings?.set(name, value);
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      Notification.error(this.trans.__('The setting could not be stored: %1', why), { autoClose: false });
    }
  }

  private async load(registry: ISettingRegistry): Promise<void> {
    try {
      registry.transform(this.plugin, {
        fetch: plugin => ({ ...plugin, schema: this.translated(plugin.schema, 'schema') })
      });
      this.settings = await registry.load(this.plugin);
      this.settings.changed.connect(() => this._changed.emit());
    } catch (reason) {
      this.failed = true;
      console.warn('Spark Monitor cannot read its settings', reason);
    }
    this._changed.emit();
  }

  /** The server translates schemas only from language packs; these texts come with the extension. */
  private translated<T>(part: T, context: string): T {
    if (Array.isArray(part)) {
      return part.map((item: unknown) => this.translated(item, context)) as T;
    }
    if (typeof part !== 'object' || part === null) {
      return part;
    }
    const entries = Object.entries(part).map(([key, value]) => {
      const isText = (key === 'title' || key === 'description') && typeof value === 'string';
      return [key, isText ? this.trans.pgettext(context, value) : this.translated<unknown>(value, 'settings')];
    });
    return Object.fromEntries(entries) as T;
  }

  private settings: ISettingRegistry.ISettings | null = null;
  private failed = false;
  /** The kinds of findings that are being stored as muted. */
  private muting: string[] | undefined;
  private readonly _changed = new Signal<this, void>(this);
}
