// `cargo xtask verify sql-pictures`: the pictures of "Spark SQL" in docs/connect.md, on a real Spark Connect.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { SqlPage } from './lib/sql-page.mjs';
import { until } from './lib/until.mjs';

const DOCS = path.resolve(import.meta.dirname, '../../docs/connect');
const ORDERS = `SELECT id AS order_id, concat('customer ', id % 7) AS customer,
  CAST(id * 1.37 AS DECIMAL(10,2)) AS amount, IF(id % 5 = 0, NULL, date_add(DATE'2024-01-01', CAST(id AS INT))) AS paid
FROM range(1000)`;
const TABLES = [
  "CREATE TABLE IF NOT EXISTS orders (order_id BIGINT COMMENT 'number on the invoice', customer STRING, amount DECIMAL(10,2)) USING parquet",
  "CREATE TABLE IF NOT EXISTS visits (visitor STRING, pages INT, day DATE) USING parquet PARTITIONED BY (day)"
];
/** Generated code that does not look at the kill flag for half a minute. */
const DEAF = 'SELECT count(*) FROM range(0, 60000, 1, 2) a CROSS JOIN range(500000) b WHERE (a.id * b.id) % 7 = 1';

const browser = await launch();
const spark = await Spark.start();
try {
  for (const [name, theme] of /** @type {const} */ ([
    ['light', 'JupyterLab Light'],
    ['dark', 'JupyterLab Dark'],
    ['high-contrast', 'JupyterLab Dark High Contrast']
  ])) {
    await inLab(theme, { width: 1280, height: 760 }, async (lab, sql) => {
      await sql.run(ORDERS);
      await sql.tree.getByText('visits', { exact: true }).click({ timeout: 120_000 });
      await sql.tab.getByRole('region', { name: 'Table visits' }).getByText('pages').waitFor();
      await take(lab, sql, `tab-${name}`);
      if (name === 'light') {
        await sql.button('Catalogue').click();
        await sql.run('SELECT order_id,\n  custommer\nFROM orders', /Failed/);
        await take(lab, sql, 'error');
        await sql.tab.getByLabel('Rows to read').selectOption('collect');
        await sql.run('SELECT id FROM range(20000)', /Too large/);
        await take(lab, sql, 'limit');
        await sql.write('SELECT customer, sum(amount) AS total FROM orders GROUP BY customer ORDER BY total DESC');
        await sql.view('Plan');
        await sql.tab.locator('.sparkMonitor-PlanTree').getByText('HashAggregate').first().waitFor();
        await take(lab, sql, 'plan');
        await sql.run('CREATE OR REPLACE TEMPORARY VIEW recent AS SELECT * FROM orders', /Waiting for your approval/);
        await take(lab, sql, 'approval');
        await sql.button('Do not run it').click();
        await sql.ended(/Canceled/);
        await sql.write(DEAF);
        await lab.page.keyboard.press('Shift+Enter');
        await sql.ended(/Running[\s\S]*tasks/);
        await lab.page.keyboard.press('Control+.');
        await sql.ended(/still hold/);
        await take(lab, sql, 'cores-held');
        // What comes next needs the cores.
        const freed = async () => !/still hold/.test(await sql.state.innerText());
        await until('no core is held', freed, { within: 600_000, every: 1_000 });
      }
    });
  }
  for (const [name, theme] of /** @type {const} */ ([['light', 'JupyterLab Light'], ['dark', 'JupyterLab Dark']])) {
    // Beside the collapsed sidebar the tab is 320 px wide.
    await inLab(theme, { width: 386, height: 900 }, async (lab, sql) => {
      await sql.run(ORDERS);
      await take(lab, sql, `narrow-${name}`);
      await sql.button('Catalogue').click();
      await sql.tree.getByText('visits', { exact: true }).waitFor({ timeout: 120_000 });
      await take(lab, sql, `narrow-catalogue-${name}`);
    });
  }
} finally {
  await browser.close();
  await spark.stop();
}

/**
 * @param {string} theme
 * @param {{width: number, height: number}} viewport
 * @param {(lab: LabPage, sql: SqlPage) => Promise<void>} act
 */
async function inLab(theme, viewport, act) {
  const { master_ui, connect_url } = spark.cluster;
  const site = { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url, SPARK_CONNECT_URL: connect_url };
  const jupyter = await Lab.start({ theme, env: { ...site, SPARK_MONITOR_SQL: 'write' } });
  try {
    const lab = await LabPage.create(browser, { viewport });
    await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
    await lab.execute('application:toggle-left-area', {});
    const sql = new SqlPage(lab);
    await sql.open();
    for (const table of TABLES) {
      await sql.run(table, /Waiting for your approval|Completed/);
      if (/Waiting/.test(await sql.state.innerText())) {
        await sql.button('Run it').click();
        await sql.ended(/Completed/);
      }
    }
    // It may have been read before there were tables. In a narrow tab it is closed at first.
    const again = sql.button('Read the catalogue again');
    if (await again.isVisible()) {
      await sql.tree.getByText('default', { exact: true }).waitFor({ timeout: 120_000 });
      await again.click();
    }
    await act(lab, sql);
    await lab.close();
  } finally {
    await jupyter.stop();
  }
}

/** @param {LabPage} lab @param {SqlPage} sql @param {string} name */
async function take(lab, sql, name) {
  // A list of names to complete may still be open.
  await lab.page.keyboard.press('Escape');
  const box = await until('the tab', () => sql.tab.boundingBox());
  await lab.page.mouse.move(box.x + box.width - 2, box.y + box.height - 2);
  await mkdir(DOCS, { recursive: true });
  await lab.page.screenshot({ path: path.join(DOCS, `${name}.png`), clip: box, animations: 'disabled' });
}
