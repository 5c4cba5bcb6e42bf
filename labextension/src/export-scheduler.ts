/** jupyter-scheduler, where it is installed: it runs a notebook on the notebook server, in a process and a folder of its own. */
import { PathExt, URLExt } from '@jupyterlab/coreutils';
import { type Contents, ServerConnection, type ServiceManager } from '@jupyterlab/services';

/** What it calls a place to run notebooks in. */
interface Environment {
  name: string;
}

export class ExportScheduler {
  constructor(private readonly services: ServiceManager.IManager) {}

  /** The first of its environments, which its own form chooses too; undefined if it is not installed. */
  async environment(): Promise<string | undefined> {
    const response = await this.call('runtime_environments', 'GET');
    const found: unknown = response.ok ? await response.json() : undefined;
    return Array.isArray(found) ? (found as Partial<Environment>[])[0]?.name : undefined;
  }

  /** Creates a job of a notebook, and returns its id. `parameters` is a JSON object of the values, as Python writes them. */
  async submit(path: string, notebook: Blob, parameters: string): Promise<string> {
    const environment = await this.environment();
    if (environment === undefined) {
      throw new Error('jupyter-scheduler does not answer');
    }
    const { contents } = this.services;
    const name = PathExt.basename(path);
    const stem = name.slice(0, name.length - PathExt.extname(name).length);
    const unique = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    // It takes files only, and has copied this one when it answers.
    const file = PathExt.join(PathExt.dirname(path), `${stem}.export-${unique}.ipynb`);
    const content = JSON.parse(await notebook.text()) as Contents.IModel['content'];
    await contents.save(file, { type: 'notebook', format: 'json', content });
    try {
      const job = {
        name: stem,
        input_uri: contents.localPath(file),
        input_filename: name,
        runtime_environment_name: environment,
        output_formats: ['ipynb'],
        parameters: JSON.parse(parameters) as Record<string, string>
      };
      const response = await this.call('jobs', 'POST', JSON.stringify(job));
      if (!response.ok) {
        throw await ServerConnection.ResponseError.create(response);
      }
      return ((await response.json()) as { job_id: string }).job_id;
    } finally {
      // The job is there whether or not this works.
      await contents.delete(file).catch((reason: unknown) => console.warn('Spark Monitor cannot remove', file, reason));
    }
  }

  private call(route: string, method: string, body?: string): Promise<Response> {
    const { serverSettings } = this.services;
    const url = URLExt.join(serverSettings.baseUrl, 'scheduler', route);
    return ServerConnection.makeRequest(url, body === undefined ? { method } : { method, body }, serverSettings);
  }
}
