/** The statement in the editor of "Spark SQL", stored in the workspace. */
import type { IStateDB } from '@jupyterlab/statedb';

const KEY = 'berdl-spark-monitor:sql-text';
/** Wait after the last key; milliseconds. */
const QUIET_MS = 300;

export class SavedSql {
  constructor(private readonly state: IStateDB | null) {
    this.ready = this.read();
  }

  /** Resolves when `text` is known. */
  readonly ready: Promise<void>;

  get text(): string {
    return this._text;
  }

  /** Stores it when nothing has been typed for a moment. */
  save(text: string): void {
    this._text = text;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.state
        ?.save(KEY, text)
        .catch((reason: unknown) => console.warn('Spark Monitor cannot remember the statement', reason));
    }, QUIET_MS);
  }

  private async read(): Promise<void> {
    try {
      const text = await this.state?.fetch(KEY);
      this._text = typeof text === 'string' ? text : '';
    } catch {
      // Nothing is stored: the editor is empty.
    }
  }

  private _text = '';
  private timer = 0;
}
