// A separate JupyterLab: free port, empty folders, the extension as the environment configures it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { environment, PYTHON } from './environment.mjs';
import { Group } from './group.mjs';
import { freePort } from './ports.mjs';
import { descendants } from './processes.mjs';

/** The extension's rates and lifetimes in tests: the usual ones, only shorter. */
export const FAST = {
  SPARK_MONITOR_POLL_MS: '2000',
  SPARK_MONITOR_POLL_EXECUTORS_MS: '1500',
  SPARK_MONITOR_POLL_STAGES_MS: '1000',
  SPARK_MONITOR_STATUS_LIFETIME_MS: '200',
  SPARK_MONITOR_MASTER_LIFETIME_MS: '500',
  SPARK_MONITOR_EXECUTORS_LIFETIME_MS: '500',
  SPARK_MONITOR_STAGES_LIFETIME_MS: '500',
  SPARK_MONITOR_FAILURE_LIFETIME_MS: '200'
};

/** A busy machine takes minutes to start JupyterLab; milliseconds. */
const START_MS = 200_000;

/** JupyterLab's own settings: no questions and no calls to the internet. */
const SETTINGS = {
  'apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false, doNotDisturbMode: true }
};

/** Jupyter may still be writing while its folder is removed. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 };

export class Lab {
  /**
   * @param {Group} group
   * @param {string} url
   * @param {string} token
   * @param {string} folder
   */
  constructor(group, url, token, folder) {
    this.group = group;
    /** `http://…/`, with the base URL. */
    this.url = url;
    this.token = token;
    this.folder = folder;
  }

  /**
   * `password` replaces the token: a URL with a token signs in automatically, and a page with a token stays signed in.
   * `app` is the Python module of the application: JupyterLab or Notebook 7.
   *
   * @param {{
   *   env?: Record<string, string>, baseUrl?: string, theme?: string, locale?: string, password?: string, args?: string[],
   *   app?: 'jupyterlab' | 'notebook'
   * }} [options]
   */
  static async start({
    env = {},
    baseUrl = '/',
    theme = 'JupyterLab Light',
    locale = 'en',
    password,
    args = [],
    app = 'jupyterlab'
  } = {}) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'e2e-lab-'));
    // Interrupted tests have no time for an orderly stop.
    process.on('exit', () => rmSync(folder, REMOVE));
    const settings = {
      ...SETTINGS,
      'apputils-extension/themes': { theme, 'adaptive-theme': false },
      'translation-extension/plugin': { locale }
    };
    for (const [name, value] of Object.entries(settings)) {
      const file = path.join(folder, 'settings/@jupyterlab', `${name}.jupyterlab-settings`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(value));
    }
    await mkdir(path.join(folder, 'root'));
    const port = await freePort();
    const token = password === undefined ? randomBytes(16).toString('hex') : '';
    const group = new Group(
      'JupyterLab',
      PYTHON,
      [
        '-m',
        app,
        '--no-browser',
        '--allow-root',
        '--ServerApp.ip=127.0.0.1',
        `--ServerApp.port=${port}`,
        '--ServerApp.port_retries=0',
        `--ServerApp.base_url=${baseUrl}`,
        `--${app === 'notebook' ? 'JupyterNotebookApp' : 'LabApp'}.expose_app_in_browser=True`,
        `--ServerApp.root_dir=${path.join(folder, 'root')}`,
        `--IdentityProvider.token=${token}`,
        ...(password === undefined ? [] : [`--PasswordIdentityProvider.hashed_password=${hashed(password)}`]),
        ...args
      ],
      {
        cwd: folder,
        env: environment({
          HOME: folder,
          TMPDIR: folder,
          JUPYTER_CONFIG_DIR: path.join(folder, 'config'),
          JUPYTER_DATA_DIR: path.join(folder, 'data'),
          JUPYTER_RUNTIME_DIR: path.join(folder, 'runtime'),
          JUPYTERLAB_SETTINGS_DIR: path.join(folder, 'settings'),
          JUPYTERLAB_WORKSPACES_DIR: path.join(folder, 'workspaces'),
          IPYTHONDIR: path.join(folder, 'ipython'),
          ...env
        })
      }
    );
    const lab = new Lab(group, `http://127.0.0.1:${port}${baseUrl}`, token, folder);
    try {
      const api = `${lab.url}api?token=${token}`;
      await group.ready(() => fetch(api).then(answer => answer.ok, () => false), START_MS);
    } catch (error) {
      await lab.stop();
      throw error;
    }
    return lab;
  }

  /**
   * Writes a notebook of code cells.
   *
   * @param {string} name
   * @param {string[]} cells
   * @param {string} [kernel] The name of its kernel's folder.
   */
  async write(name, cells, kernel = 'python3') {
    const notebook = {
      cells: cells.map((source, number) => ({
        cell_type: 'code',
        execution_count: null,
        id: `cell-${number}`,
        metadata: {},
        outputs: [],
        source
      })),
      metadata: { kernelspec: { display_name: 'Python 3 (ipykernel)', language: 'python', name: kernel } },
      nbformat: 4,
      nbformat_minor: 5
    };
    await writeFile(path.join(this.folder, 'root', name), JSON.stringify(notebook));
  }

  /** The process ids of the sidecars that Jupyter has started. */
  sidecars() {
    return descendants(this.group.pid, 'berdl-spark-monitor serve');
  }

  async stop() {
    await this.group.stop();
    await rm(this.folder, REMOVE);
  }
}

/** The simplest form that Jupyter Server accepts. @param {string} password */
function hashed(password) {
  const salt = randomBytes(6).toString('hex');
  return `sha1:${salt}:${createHash('sha1').update(password + salt).digest('hex')}`;
}
