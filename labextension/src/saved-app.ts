/** The application that a person has chosen, stored in the workspace. */
import type { IStateDB } from '@jupyterlab/statedb';
import { type ISignal, Signal } from '@lumino/signaling';

const KEY = 'berdl-spark-monitor:app';

export class SavedApp {
  constructor(private readonly state: IStateDB | null) {
    this.ready = this.read();
  }

  /** Resolves when `id` is known. */
  readonly ready: Promise<void>;

  /** Emits when a person has chosen another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get id(): string | undefined {
    return this._id;
  }

  /** Null clears the choice. */
  save(id: string | null): void {
    this._id = id ?? undefined;
    this._changed.emit();
    const saving = id === null ? this.state?.remove(KEY) : this.state?.save(KEY, id);
    saving?.catch((reason: unknown) => console.warn('Spark Monitor cannot remember the application', reason));
  }

  private async read(): Promise<void> {
    try {
      const id = await this.state?.fetch(KEY);
      this._id = typeof id === 'string' && id !== '' ? id : undefined;
    } catch {
      // Nothing is stored: the newest application is shown.
    }
  }

  private _id: string | undefined;
  private readonly _changed = new Signal<this, void>(this);
}
