// States that come from a site's configuration and its users: without Spark, with doubles of identity and cluster
// manager.
import { FaultProxy } from '../lib/fault-proxy.mjs';
import { FAST, Lab } from '../lib/lab.mjs';
import { Manager } from '../lib/manager.mjs';
import { refreshUntilPanelSays, showPanel } from '../lib/panel-words.mjs';

const PASSWORD = 'open sesame';
/** Places for requests; each will be taken by a request that is never answered. */
const PLACES = 8;
/** Longer than looking at them takes; milliseconds. */
const NEVER = '120000';

/** A site without a Spark Master, behind Jupyter's own password. @type {import('./site.mjs').StartSite} */
export async function withoutMaster() {
  const manager = await Manager.start();
  const jupyter = await Lab.start({ password: PASSWORD, env: { ...FAST, SPARK_CLUSTER_MANAGER_API_URL: manager.url } });
  /** @type {import('playwright-core').Cookie[]} */
  let cookies = [];
  const signOut = async (/** @type {import('../lib/lab-page.mjs').LabPage} */ lab) => {
    cookies = await lab.page.context().cookies();
    await lab.page.context().clearCookies();
    await refreshUntilPanelSays(lab, /You are signed out of Jupyter/);
  };
  return {
    jupyter,
    open: lab => lab.signIn(`${jupyter.url}lab`, PASSWORD),
    stop: async () => {
      await jupyter.stop();
      await manager.stop();
    },
    states: [
      { name: 'not-configured', telling: /Not configured/, arrange: showPanel },
      {
        name: 'cluster-starting',
        telling: /Not configured/,
        chip: 'starting',
        onlyChip: true,
        arrange: async lab => {
          const up = { exists: true, ready: 1, wanted: 1 };
          manager.says(up, { exists: true, ready: 1, wanted: 4 });
          await lab.page.context().addCookies([{ name: 'kbase_session', value: 'TOKEN123', url: jupyter.url }]);
          await lab.untilChip('Spark: Starting (1/4)');
          await showPanel(lab);
        }
      },
      {
        name: 'signed-out',
        telling: /You are signed out of Jupyter/,
        arrange: async lab => {
          await showPanel(lab);
          await signOut(lab);
        },
        // A theme is a setting, and only signed-in users can save it.
        themed: async (lab, change) => {
          await lab.page.context().addCookies(cookies);
          await change();
          await signOut(lab);
        }
      }
    ]
  };
}

/** A site whose users sign in, but whose login service never answers. @type {import('./site.mjs').StartSite} */
export async function withUsers() {
  const manager = await Manager.start();
  const auth2 = await FaultProxy.start(manager.url);
  await auth2.set('hang');
  const jupyter = await Lab.start({
    env: {
      ...FAST,
      SPARK_MASTER_UI_URL: manager.url,
      SPARK_MONITOR_IDENTITY: 'auth2',
      KBASE_AUTH_URL: auth2.url,
      SPARK_MONITOR_MAX_REQUESTS: String(PLACES),
      SPARK_MONITOR_CALL_TIMEOUT_MS: NEVER,
      SPARK_MONITOR_REQUEST_TIMEOUT_MS: NEVER
    }
  });
  const held = new AbortController();
  return {
    jupyter,
    stop: async () => {
      held.abort();
      await jupyter.stop();
      await Promise.all([auth2.stop(), manager.stop()]);
    },
    states: [
      { name: 'session-missing', telling: /the session cookie is missing/, arrange: showPanel },
      {
        name: 'overloaded',
        chip: 'unknown',
        telling: /Too busy/,
        arrange: async lab => {
          const headers = { Authorization: `token ${jupyter.token}`, Cookie: 'kbase_session=TOKEN123' };
          for (let place = 0; place < PLACES; place += 1) {
            const url = `${jupyter.url}berdl/api/spark-monitor/panel/cluster`;
            fetch(url, { headers, signal: held.signal }).catch(() => {});
          }
          await showPanel(lab);
          await refreshUntilPanelSays(lab, /Too busy/);
        }
      }
    ]
  };
}

/** Recorded data. @type {import('./site.mjs').StartSite} */
export async function demonstration() {
  const jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  return {
    jupyter,
    stop: () => jupyter.stop(),
    states: [
      { name: 'mock-mode', telling: /Demonstration: recorded data[^]*Recent queries/, arrange: showPanel },
      {
        name: 'webassembly-failed',
        telling: /script-src must allow/,
        arrange: async lab => {
          // JupyterLab itself does not start without 'unsafe-eval', which allows WebAssembly too, so the policy comes
          // later.
          await lab.page.route(/\.wasm(\?|$)/, async route => {
            await lab.page.locator('.jp-Launcher').waitFor();
            await lab.page.evaluate(addPolicy, "script-src 'self' 'unsafe-inline'");
            await route.continue();
          });
          await lab.page.reload();
          await lab.ready();
          await showPanel(lab);
        }
      }
    ]
  };
}

/** Runs in the page. @param {string} policy */
function addPolicy(policy) {
  const meta = document.createElement('meta');
  Object.assign(meta, { httpEquiv: 'Content-Security-Policy', content: policy });
  document.head.append(meta);
}
