/** Which of a browser's tabs speaks: one that takes a turn keeps the others silent for a while. */

/** How long the others are silent at least. */
const SILENT_MS = 60_000;

export class Turns {
  /** Takes a turn; false if another tab has it. */
  take(name: string): Promise<boolean> {
    return this.mine.has(name) ? Promise.resolve(true) : this.hold(name, () => false);
  }

  /** Takes a turn, if no other tab has it, and keeps it for as long as `isWanted` says so. */
  keep(name: string, isWanted: () => boolean): void {
    if (!this.mine.has(name)) {
      void this.hold(name, isWanted);
    }
  }

  private hold(name: string, isWanted: () => boolean): Promise<boolean> {
    // The type does not say that browsers offer locks only to pages from a safe origin.
    const locks = navigator.locks as LockManager | undefined;
    if (locks === undefined) {
      return Promise.resolve(true);
    }
    return new Promise(resolve => {
      const whileHeld = async (lock: Lock | null): Promise<void> => {
        resolve(lock !== null);
        if (lock === null) {
          return;
        }
        this.mine.add(name);
        do {
          await new Promise(end => setTimeout(end, SILENT_MS));
        } while (isWanted());
        this.mine.delete(name);
      };
      const options = { ifAvailable: true };
      locks.request(`berdl-spark-monitor:notice-${name}`, options, whileHeld).catch(() => resolve(true));
    });
  }

  /** The turns that this tab has. */
  private readonly mine = new Set<string>();
}
