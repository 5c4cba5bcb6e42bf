// "Spark SQL" on a real Spark Connect: statements, results, errors, cancel, approval, the catalogue, and the notebook.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { SqlPage } from './lib/sql-page.mjs';
import { until } from './lib/until.mjs';

const CONNECT = `import os
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()
spark.sql("CREATE OR REPLACE TEMPORARY VIEW of_the_notebook AS SELECT 7 AS seven").collect()`;
const TABLE = `spark.sql("DROP TABLE IF EXISTS e2e_people").collect()
spark.sql("DROP TABLE IF EXISTS e2e_later").collect()
spark.sql("CREATE TABLE e2e_people (id BIGINT COMMENT 'who', name STRING, day DATE) USING parquet PARTITIONED BY (day)").collect()
spark.sql("INSERT INTO e2e_people VALUES (1, 'Ann', DATE'2024-02-29'), (2, 'Bob', DATE'2024-03-01')").collect()`;
const LATER = 'spark.sql("CREATE TABLE e2e_later (id BIGINT) USING parquet").collect()';
/** Minutes of short tasks, so that it still runs when a slow machine comes to cancel it. An aggregate takes no such function itself. */
const SLOW = "SELECT count(m) AS m FROM (SELECT java_method('java.lang.Thread', 'sleep', 2000L) AS m FROM range(0, 600, 1, 600))";
const LONG = `spark.sql("${SLOW}").collect()`;

/** @type {Spark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {SqlPage} */
let sql;

before(async () => {
  spark = await Spark.start();
  const { master_ui, connect_url } = spark.cluster;
  const site = { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url, SPARK_CONNECT_URL: connect_url };
  jupyter = await Lab.start({ env: site });
  await jupyter.write('people.ipynb', [CONNECT, TABLE, LATER, LONG]);
  browser = await launch();
  lab = await LabPage.create(browser, { ...CLIPBOARD, viewport: { width: 1400, height: 900 } });
  sql = new SqlPage(lab);
  await lab.open(`${jupyter.url}lab/tree/people.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
  await lab.startCell(0);
  await lab.cellDone(0, 90_000);
  await lab.startCell(1);
  await lab.cellDone(1, 90_000);
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('it is in the launcher, the palette and the View menu, and asks for nothing before it is opened', async () => {
  await lab.execute('launcher:create');
  await lab.page.locator('.jp-LauncherCard', { hasText: 'Spark SQL' }).waitFor();
  await lab.execute('application:close');
  await lab.page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await lab.page.locator('.lm-Menu-itemLabel', { hasText: /^Spark SQL$/ }).waitFor();
  await lab.page.keyboard.press('Escape');
  await lab.page.keyboard.press('Escape');
  assert.deepEqual(lab.requests.routes().filter(route => route.startsWith('sql')), []);
  await sql.open();
});

test('a result has types, and NULL, an empty text and the text NULL differ', async () => {
  await sql.run("SELECT 1 AS one, CAST(NULL AS STRING) AS a, '' AS b, 'NULL' AS c, CAST(2 AS DOUBLE) AS d, 1.10BD AS e");
  const heads = await sql.grid.getByRole('columnheader').allInnerTexts();
  assert.deepEqual(heads.slice(1), ['one\nint', 'a\nstring', 'b\nstring', 'c\nstring', 'd\ndouble', 'e\ndecimal(3,2)']);
  assert.deepEqual(await sql.rows(), [['1', '1', 'NULL', 'empty', 'NULL', '2.0', '1.10']]);
  const looks = await sql.grid.locator('td').evaluateAll(cells => cells.map(cell => cell.firstElementChild?.className ?? ''));
  assert.deepEqual(looks, ['', 'sparkMonitor-Grid-null', 'sparkMonitor-Grid-empty', '', '', '']);
  assert.match(await sql.footer.innerText(), /^1 row, that is all/);
});

test('what is selected runs alone, and parameters outside of quotes have a form', async () => {
  await sql.write("SELECT :n + 1 AS next, :who AS who, ':no' AS no");
  await sql.tab.getByLabel('Value of :n').fill('41');
  await sql.tab.getByLabel('Value of :who').fill("O'Neill");
  assert.equal(await sql.tab.locator('.sparkMonitor-Argument').count(), 2);
  await sql.begun(() => sql.button('Run').click());
  await sql.ended(/Completed/);
  assert.deepEqual(await sql.rows(), [['1', '42', "O'Neill", ':no']]);
  await sql.write('SELECT 1 AS first\nSELECT 2 AS second');
  await lab.page.keyboard.press('Shift+Home');
  await sql.begun(() => lab.page.keyboard.press('Control+Enter'));
  await sql.ended(/Completed/);
  assert.deepEqual(await sql.grid.getByRole('columnheader').allInnerTexts(), ['Row', 'second\nint']);
  assert.deepEqual(await sql.rows(), [['1', '2']]);
});

test('a preview says that there is more, and reads all on request', async () => {
  await sql.run('SELECT id FROM range(250)');
  assert.match(await sql.footer.innerText(), /^100 rows shown, there are more/);
  await sql.begun(() => sql.button('Read all, at most 10,000 rows').click());
  await sql.ended(/Completed/);
  assert.match(await sql.footer.innerText(), /^250 rows, that is all/);
});

test('10,000 rows scroll, only those near the visible ones are drawn, and the keyboard reaches every cell', async () => {
  await sql.tab.getByLabel('Rows to read').selectOption('collect');
  await sql.run('SELECT id, id * 2 AS twice FROM range(10000)');
  assert.match(await sql.footer.innerText(), /^10,000 rows, that is all/);
  assert.equal(await sql.grid.getAttribute('aria-rowcount'), '10001');
  await sql.grid.focus();
  await lab.page.keyboard.press('Home');
  await lab.page.keyboard.press('Control+End');
  await until('the last row', async () => (await sql.rows()).at(-1)?.[2] === '19998');
  assert.ok((await sql.rows()).length < 120);
  const active = await sql.grid.getAttribute('aria-activedescendant');
  assert.equal(await lab.page.locator(`[id="${active}"]`).textContent(), '19998');
  await lab.page.keyboard.press('PageUp');
  await lab.page.keyboard.press('ArrowLeft');
  const text = await lab.page.locator('.sparkMonitor-Grid td.sparkMonitor-mod-active').textContent();
  assert.ok(Number(text) > 9_900 && Number(text) < 9_999, `${text}`);
  await sql.tab.locator('.sparkMonitor-Grid').evaluate(grid => grid.scrollTo({ top: 24 * 5_000 }));
  await until('rows of the middle', async () => (await sql.rows()).some(([, id]) => id === '5010'));
});

test('cells are copied as TSV, CSV and Markdown, also those that were never seen', async () => {
  await sql.grid.focus();
  await lab.page.keyboard.press('Control+a');
  await lab.page.keyboard.press('Control+c');
  await sql.tab.getByText('Copied').waitFor();
  const lines = (await lab.clipboard()).split('\n');
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_000, '0\t0', '9999\t19998']);
  await sql.run("SELECT 1 AS id, 'a,\"b\"|c' AS text UNION ALL SELECT 2, NULL ORDER BY id");
  for (const [format, wanted] of [
    ['CSV', 'id,text\n1,"a,""b""|c"\n2,'],
    ['Markdown', '| id | text |\n| --- | --- |\n| 1 | a,"b"\\|c |\n| 2 | *NULL* |'],
    ['TSV', 'id\ttext\n1\t"a,""b""|c"\n2\t']
  ]) {
    await sql.tab.locator('.sparkMonitor-Result-copy').getByRole('button', { name: format, exact: true }).click();
    await until(`${format}`, async () => (await lab.clipboard()) === wanted);
  }
});

test('a long cell is cut in the grid and opens whole', async () => {
  await sql.run("SELECT repeat('x', 10000) AS long");
  await sql.grid.focus();
  await lab.page.keyboard.press('Home');
  await lab.page.keyboard.press('Enter');
  const whole = sql.tab.locator('.sparkMonitor-Cell pre');
  await until('the whole cell', async () => (await whole.textContent())?.length === 10_000);
  await sql.button('Close value').click();
});

test('a result that is too large is an error that says the limit and what to do', async () => {
  await sql.run('SELECT id FROM range(10001)', /Too large/);
  const said = await sql.error.innerText();
  assert.match(said, /The result has more than 10,000 rows/);
  await lab.picture('sql-limit');
  await sql.tab.getByLabel('Rows to read').selectOption('preview');
});

test('an error has its class, its state and a line below what it is about', async () => {
  await sql.run('SELECT 1,\n  nosuch\nFROM range(3)', /Failed/);
  assert.match(await sql.error.innerText(), /UNRESOLVED_COLUMN[\s\S]*SQLSTATE 42703/);
  assert.deepEqual(await sql.squiggles.allTextContents(), ['nosuch']);
  await lab.picture('sql-error');
  await sql.run('SELECT 1\nFORM t WHERE', /Failed/);
  assert.match(await sql.error.innerText(), /PARSE_SYNTAX_ERROR[\s\S]*line \d, column \d/);
  assert.equal(await sql.squiggles.count(), 1);
  await lab.page.keyboard.type(' ');
  await sql.run('SELECT 1');
  assert.equal(await sql.squiggles.count(), 0);
});

test('a statement that may change something is refused, and the mode is explained', async () => {
  await sql.run('CREATE TABLE e2e_no (id INT)', /Not run|Failed/);
  const said = await sql.below.innerText();
  assert.match(said, /SPARK_MONITOR_SQL/);
});

test('while it runs it shows its tasks and leads to the panel, and Ctrl+. cancels it', async () => {
  await sql.write(SLOW);
  await sql.begun(() => lab.page.keyboard.press('Shift+Enter'));
  await sql.ended(/Running[\s\S]*of 60\d tasks/);
  await sql.button('Show in the monitor').click();
  await lab.panel.waitFor();
  await lab.running.first().waitFor({ timeout: 30_000 });
  // The panel takes the focus when it has opened, which may come after the click; then the key is pressed again.
  await until('it is canceled', async () => {
    await sql.editor.click();
    await lab.page.keyboard.press('Control+.');
    return /Cancel/.test(await sql.state.innerText());
  }, { within: 30_000, every: 2_000 });
  await sql.ended(/Canceled/);
  await lab.picture('sql-canceled');
  assert.equal(await sql.error.count(), 0);
});

test('plan, schema and history', async () => {
  await sql.write('SELECT id % 3 AS k, count(*) AS n FROM range(100) GROUP BY 1');
  await sql.view('Plan');
  await sql.tab.locator('.sparkMonitor-PlanTree').getByText('HashAggregate').first().waitFor({ timeout: 30_000 });
  await lab.picture('sql-plan');
  await sql.tab.getByLabel('Mode').selectOption('extended');
  await sql.tab.getByText('== Parsed Logical Plan ==').waitFor({ timeout: 30_000 });
  await sql.view('Schema');
  await until('the schema', async () => /k\s+bigint\s+n\s+bigint/.test(await sql.below.innerText()), { within: 30_000 });
  await sql.view('History');
  await sql.below.getByText('nosuch').first().click();
  assert.match(await sql.editor.innerText(), /nosuch/);
});

test('the catalogue by keyboard: own database, a table, its details, its sample, its name', async () => {
  const tree = sql.tree;
  await tree.getByText('e2e_people', { exact: true }).waitFor({ timeout: 30_000 });
  await tree.focus();
  await lab.page.keyboard.press('Home');
  for (let presses = 0; presses < 50; presses += 1) {
    const active = await tree.getAttribute('aria-activedescendant');
    if ((await lab.page.locator(`[id="${active}"]`).innerText()).includes('e2e_people')) {
      break;
    }
    await lab.page.keyboard.press('ArrowDown');
  }
  await lab.page.keyboard.press('Enter');
  const details = sql.tab.getByRole('region', { name: 'Table e2e_people' });
  await until('the columns', async () => /id\s+bigint[\s\S]*who[\s\S]*day\s+date\s+partition/.test(await details.innerText()), { within: 30_000 });
  await details.getByText('2 partitions').click();
  await details.getByText('day=2024-02-29').waitFor();
  await lab.picture('sql-catalogue');
  await sql.begun(() => details.getByRole('button', { name: 'Sample', exact: true }).click());
  await sql.ended(/Completed[\s\S]*Sample of/);
  assert.equal((await sql.rows()).length, 2);
  await sql.begun(() => details.getByRole('button', { name: 'Profile of name' }).click());
  await sql.ended(/Completed[\s\S]*Profile of name/);
  await lab.picture('sql-profile');
  await sql.write('SELECT * FROM ');
  await details.getByRole('button', { name: 'Insert name' }).click();
  assert.match(await sql.editor.innerText(), /SELECT \* FROM \S*e2e_people/);
});

test('the catalogue, refreshed, has a table that was created just now', async () => {
  const refresh = sql.button('Read the catalogue again');
  const known = sql.tree.getByText('e2e_people', { exact: true });
  await known.waitFor({ timeout: 30_000 });
  // From here on the sidecar knows an answer without the new table.
  await refresh.click();
  await known.waitFor({ timeout: 30_000 });
  await lab.execute('docmanager:open', { path: 'people.ipynb' });
  await lab.startCell(2);
  await lab.cellDone(2, 60_000);
  await sql.open();
  await refresh.click();
  await sql.tree.getByText('e2e_later', { exact: true }).waitFor({ timeout: 30_000 });
});

test('names complete in the editor', async () => {
  await sql.write('SELECT * FROM ');
  await lab.page.keyboard.type('e2e_p');
  // JupyterLab puts it at the end of the page.
  const list = lab.page.locator('.cm-tooltip-autocomplete');
  await list.getByText('e2e_people').waitFor();
  // For 75 ms after the list has opened, the editor takes Enter for a new line.
  await lab.page.waitForTimeout(100);
  await lab.page.keyboard.press('Enter');
  assert.match(await sql.editor.innerText(), /FROM e2e_people$/);
  // A statement that runs has no list over its result.
  await lab.page.keyboard.type(' JOIN e2e_p');
  await list.getByText('e2e_people').waitFor();
  await sql.begun(() => lab.page.keyboard.press('Shift+Enter'));
  await list.waitFor({ state: 'hidden' });
  await sql.ended(/Failed/);
});

test('a copy of the notebook’s session has its temporary views, the own one has not', async () => {
  await sql.run('SELECT seven FROM of_the_notebook', /Failed/);
  await sql.tab.getByLabel('Session').selectOption({ label: 'Copy of people.ipynb' });
  await until('the copy', async () => (await sql.button('Run').getAttribute('aria-disabled')) === 'false', { within: 30_000 });
  await sql.run('SELECT seven FROM of_the_notebook');
  assert.deepEqual(await sql.rows(), [['1', '7']]);
  await sql.tab.getByLabel('Session').selectOption({ label: 'Own' });
});

test('it becomes a cell below the active one of the notebook', async () => {
  await sql.write('SELECT :n AS n, "a" AS a');
  await sql.tab.getByLabel('Value of :n').fill('1.5');
  const before = await cells();
  await sql.button('Insert as cell').click();
  await sql.tab.getByText('Inserted').waitFor();
  const after = await cells();
  assert.equal(after.length, before.length + 1);
  const added = after.filter(cell => !before.includes(cell));
  assert.deepEqual(added, [
    'from decimal import Decimal\nspark.sql("""SELECT :n AS n, "a" AS a""", args={"n": Decimal("1.5")})'
  ]);
});

test('axe finds nothing, with a result, an error and a table’s details', async () => {
  await sql.run('SELECT id, CAST(NULL AS STRING) AS a FROM range(3)');
  assert.deepEqual((await check(lab)).findings, []);
  await sql.run('SELECT nosuch', /Failed/);
  assert.deepEqual((await check(lab)).findings, []);
});

test('a running query of the notebook is stopped from the panel, which asks first', async () => {
  await lab.execute('docmanager:open', { path: 'people.ipynb' });
  const last = (await lab.codeCells.count()) - 1;
  await lab.startCell(last);
  await lab.running.first().waitFor({ timeout: 60_000 });
  // Spark 4.3 may submit a job that it was told to cancel just before.
  await lab.panel.getByText(/Busy: \d+ tasks? running/).first().waitFor({ timeout: 60_000 });
  await lab.page.waitForTimeout(2_000);
  await lab.panel.getByRole('button', { name: 'Stop', exact: true }).first().click({ timeout: 30_000 });
  await lab.panel.getByText(/Your cell \[\d+\] will raise OPERATION_CANCELED/).waitFor();
  await lab.picture('stop-asks', lab.panel);
  await lab.panel.getByRole('button', { name: 'Stop it', exact: true }).click();
  await lab.panel.getByText('Spark was told to stop it.').waitFor({ timeout: 30_000 });
  await lab.picture('stopped', lab.panel);
});

test('a reload keeps the tab and its text', async () => {
  await sql.open();
  await sql.write('SELECT 42 AS kept');
  await until('the text to be saved', async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/?token=${jupyter.token}`);
    return (await answer.text()).includes('SELECT 42 AS kept');
  });
  await lab.page.reload();
  await lab.ready();
  await sql.editor.waitFor({ timeout: 40_000 });
  assert.match(await sql.editor.innerText(), /SELECT 42 AS kept/);
});

test('closed, it ends its statement and its session', async () => {
  await until('a session', async () => (await sql.button('Run').getAttribute('aria-disabled')) === 'false');
  await sql.run('SELECT 1');
  const open = async () => (await (await lab.page.request.get(`${jupyter.url}berdl/api/spark-monitor/sql?token=${jupyter.token}`)).json()).sessions;
  const before = (await open()).length;
  await sql.close();
  await until('one session less', async () => (await open()).length === before - 1);
});

test('nothing of all this is in the console', () => {
  const errors = lab.console.filter(line => /^(error|warning)/.test(line) && /sparkMonitor|spark-monitor|berdl|panicked|unreachable/i.test(line));
  // The browser itself reports each refused request, and one statement was refused.
  assert.deepEqual(errors.filter(line => !/403 \(Forbidden\).*sql\/queries$/.test(line)), []);
});

test('in the mode that writes, a change waits for a click that shows what it does', async () => {
  const { master_ui, connect_url } = spark.cluster;
  const env = { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_CONNECT_URL: connect_url, SPARK_MONITOR_SQL: 'write' };
  const site = await Lab.start({ env });
  const other = await LabPage.create(browser, { viewport: { width: 1400, height: 900 } });
  const writer = new SqlPage(other);
  try {
    await other.open(`${site.url}lab?token=${site.token}`);
    await writer.open();
    await writer.run('CREATE OR REPLACE TEMPORARY VIEW e2e_view AS SELECT 1 AS a', /Waiting for your approval/);
    const asked = writer.tab.getByRole('alertdialog');
    assert.match(await asked.innerText(), /CreateView[\s\S]*e2e_view/);
    await other.picture('sql-approval');
    assert.deepEqual((await check(other)).findings, []);
    await writer.button('Do not run it').click();
    await writer.ended(/Canceled/);
    await writer.run('CREATE OR REPLACE TEMPORARY VIEW e2e_view AS SELECT 1 AS a', /Waiting for your approval/);
    await writer.button('Run it').click();
    await writer.ended(/Completed/);
    // The catalogue beside it is read again.
    await writer.tree.getByText('e2e_view', { exact: true }).waitFor();
    await writer.run('SELECT a FROM e2e_view');
    assert.deepEqual(await writer.rows(), [['1', '1']]);
  } finally {
    await other.close();
    await site.stop();
  }
});

test('where Spark Connect is not configured there is no command, no launcher card and no request', async () => {
  const { master_ui } = spark.cluster;
  const site = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: master_ui } });
  const other = await LabPage.create(browser);
  try {
    await other.open(`${site.url}lab?token=${site.token}`);
    await other.untilChip('Spark: Ready (1/1)');
    const known = await other.page.evaluate(() =>
      /** @type {any} */ (window).jupyterapp.commands.hasCommand('berdl-spark-monitor:open-sql')
    );
    assert.equal(known, false);
    assert.equal(await other.page.locator('.jp-LauncherCard', { hasText: 'Spark SQL' }).count(), 0);
    assert.equal(other.requests.routes().some(route => route.startsWith('sql')), false);
  } finally {
    await other.close();
    await site.stop();
  }
});

/** The sources of the open notebook's cells. @returns {Promise<string[]>} */
function cells() {
  return lab.page.evaluate(() => {
    const { shell } = /** @type {any} */ (window).jupyterapp;
    const notebook = [...shell.widgets('main')].find(widget => widget.content?.model?.sharedModel?.cells);
    return notebook.content.model.sharedModel.cells.map((/** @type {any} */ cell) => cell.getSource());
  });
}
