// Applications of a real Spark, each with its own driver: listed, chosen, remembered, waiting, ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { environment, PYTHON } from './lib/environment.mjs';
import { Group } from './lib/group.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

/** One core each, so that two run and the third waits. */
const CORES = 2;

/** @type {Spark} */
let spark;
/** @type {Record<string, Group>} */
const drivers = {};
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  spark = await Spark.start('--no-connect', '--cores', String(CORES));
  start('counts', 'numbers.count()');
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: spark.cluster.master_ui } });
  await runs('counts');
  start('collects', 'numbers.collect()');
  browser = await launch();
  lab = await LabPage.create(browser, CLIPBOARD);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await runs('collects');
  await lab.openPanel();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await Promise.all(Object.values(drivers).map(driver => driver.stop()));
  await spark?.stop();
});

test('the picker lists both with state, cores and start, and shows the newest', async () => {
  await picker().waitFor();
  const [newest, ...apps] = await options();
  assert.equal(newest, 'Newest: collects');
  assert.equal(apps.length, 2, apps.join('\n'));
  assert.match(apps[0] ?? '', /^collects \(Running, 1 core, since \d{1,2}:\d{2}:\d{2}.*\)$/);
  assert.match(apps[1] ?? '', /^counts \(Running, 1 core, since \d{1,2}:\d{2}:\d{2}.*\)$/);
  await showsOnly('collect');
  await lab.picture('applications', lab.panel);
});

test('choosing the other shows its queries and its executors', async () => {
  const before = await executorHost();
  lab.requests.clear();
  await choose('counts');
  await showsOnly('count');
  await until('its executor', async () => (await executorHost()) !== before);
  // The next polls bring nothing of the other one back.
  await until('two more polls', () => lab.requests.count('executors') >= 3 && lab.requests.count('queries') >= 3);
  assert.notEqual(await executorHost(), before);
  await showsOnly('count');
});

test('the choice survives a reload', async () => {
  await until('the choice to be saved', () => savedWorkspace().then(text => text.includes('berdl-spark-monitor:app')));
  await lab.page.reload();
  await lab.ready();
  await picker().waitFor();
  assert.match(await chosen(), /^counts \(/);
  await showsOnly('count');
});

test('one without a free core waits, and says for what', async () => {
  start('waits', 'numbers.count()');
  await until('it to be listed', async () => (await options()).some(option => /^waits \(Waiting, 0 cores, since /.test(option)), {
    within: 60_000
  });
  await lab.unfold('Cluster');
  await lab.panel.getByText('2 running, 1 waiting').waitFor();
  await choose('waits');
  await lab.panel.getByText(/^Waiting for cores: '/).waitFor();
  assert.equal(await lab.recent.count(), 0);
  assert.equal(await lab.panel.locator('.sparkMonitor-Table').count(), 0);
  await lab.picture('applications-waiting', lab.panel);
});

test('it begins when another ends, and is shown without a word of anybody', async () => {
  await drivers['collects']?.stop();
  await until('the waiting one to run', async () => /^waits \(Running, 1 core, /.test(await chosen()), { within: 60_000 });
  await until('its query', async () => (await lab.recent.count()) > 0, { within: 60_000 });
});

test('a chosen one that has ended is gone, and the newest is offered', async () => {
  await choose('counts');
  await showsOnly('count');
  await drivers['counts']?.stop();
  await lab.panel.getByRole('status').getByText('This application has ended', { exact: true }).waitFor({ timeout: 30_000 });
  // One is left, with a button that leads there: there is no choice.
  await picker().waitFor({ state: 'detached' });
  assert.equal(await lab.panel.locator('.sparkMonitor-Table').count(), 0);
  await lab.picture('applications-gone', lab.panel);
  await lab.panel.getByRole('button', { name: 'Show the newest application' }).click();
  await lab.panel.locator('.sparkMonitor-App-name', { hasText: /^waits$/ }).waitFor();
  await until('its query', async () => (await lab.recent.count()) > 0);
  await until('the choice to be forgotten', () => savedWorkspace().then(text => !text.includes('berdl-spark-monitor:app')));
});

test('the master\'s address can be copied', async () => {
  await lab.unfold('Cluster');
  await lab.panel.getByRole('button', { name: 'Copy master URL' }).click();
  await lab.panel.getByRole('status').getByText('Copied').waitFor();
  assert.equal(await lab.clipboard(), spark.cluster.master_url);
  assert.match(spark.cluster.master_url, /^spark:\/\//);
});

/**
 * Starts an application that runs one job, then does nothing until its standard input ends.
 *
 * @param {string} name
 * @param {string} job
 */
function start(name, job) {
  const program = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.master(sys.argv[1]).appName(sys.argv[2]).getOrCreate()
numbers = spark.sparkContext.parallelize(range(4), 2)
${job}
print("done", flush=True)
sys.stdin.read()
spark.stop()`;
  const conf = ['spark.cores.max=1', 'spark.executor.memory=512m', 'spark.driver.host=127.0.0.1', 'spark.ui.port=0'];
  const submit = ['pyspark-shell', ...conf.map(setting => `--conf ${setting}`)].reverse().join(' ');
  const env = environment({ SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_PYTHON: PYTHON, PYSPARK_SUBMIT_ARGS: submit });
  drivers[name] = new Group(`the application ${name}`, PYTHON, ['-c', program, spark.cluster.master_url, name], { env });
}

/** Waits until an application has run its job. @param {string} name */
async function runs(name) {
  const driver = drivers[name];
  await driver?.ready(() => driver.output.includes('done'), 90_000);
}

function picker() {
  return lab.panel.getByRole('combobox', { name: 'Application' });
}

function options() {
  return picker().locator('option').allTextContents();
}

async function chosen() {
  return picker().evaluate(select => /** @type {HTMLSelectElement} */ (select).selectedOptions[0]?.textContent ?? '');
}

/** @param {string} name */
async function choose(name) {
  const value = await picker().locator('option', { hasText: new RegExp(`^${name} \\(`) }).getAttribute('value');
  await picker().selectOption(value);
}

/** Waits until all recent queries are of one kind of job. @param {string} job */
async function showsOnly(job) {
  await until(`queries of ${job} alone`, async () => {
    const names = await lab.recent.locator('.sparkMonitor-Stage-name').allTextContents();
    return names.length > 0 && names.every(name => name === job);
  });
}

/** The address of the only executor, with its port. */
async function executorHost() {
  return lab.panel.locator('.sparkMonitor-Table tbody').first().locator('th').first().getAttribute('title');
}

async function savedWorkspace() {
  const answer = await fetch(`${jupyter.url}lab/api/workspaces/?token=${jupyter.token}`);
  return answer.text();
}
