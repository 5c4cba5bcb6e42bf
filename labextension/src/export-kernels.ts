/** Kernels for runs of exported notebooks: Jupyter starts and ends them, so that they are seen like any other. */
import { PathExt } from '@jupyterlab/coreutils';
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

export class ExportKernels {
  constructor(
    private readonly services: ServiceManager.IManager,
    private readonly trans: TranslationBundle
  ) {}

  /** Starts one with the working directory of a document, and returns its id. */
  async start(path: string, kernel: string | undefined): Promise<string> {
    const { sessions, kernelspecs } = this.services;
    await kernelspecs.ready;
    const name = kernel ?? kernelspecs.specs?.default ?? 'python3';
    // Jupyter returns a session that has the same path already, which would be the notebook's own.
    const unique = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    const session = await sessions.startNew({
      name: this.trans.__('Export run of %1', PathExt.basename(path)),
      path: PathExt.join(PathExt.dirname(path), `export-run-${unique}`),
      type: 'console',
      kernel: { name }
    });
    const id = session.kernel?.id;
    // This closes our connection; the kernel stays.
    session.dispose();
    if (id === undefined) {
      throw new Error('the session has no kernel');
    }
    return id;
  }

  /** Ends one, if it still runs. */
  async end(id: string): Promise<void> {
    const { sessions, kernels } = this.services;
    await sessions.refreshRunning();
    const session = [...sessions.running()].find(model => model.kernel?.id === id);
    if (session) {
      await sessions.shutdown(session.id);
      return;
    }
    await kernels.refreshRunning();
    if ([...kernels.running()].some(model => model.id === id)) {
      await kernels.shutdown(id);
    }
  }
}
