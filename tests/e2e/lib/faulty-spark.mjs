// A real Spark whose master and driver are behind proxies that can fail, and a JupyterLab that watches it.
import { environment, PYTHON } from './environment.mjs';
import { FaultProxy } from './fault-proxy.mjs';
import { Group } from './group.mjs';
import { FAST, Lab } from './lab.mjs';
import { freePort } from './ports.mjs';
import { descendants } from './processes.mjs';
import { Spark } from './spark.mjs';
import { until } from './until.mjs';

/** The link to a driver on the master's page of an application. */
const DRIVER_LINK = /http:\/\/127\.0\.0\.1:(\d+)(?=\/?">Application Detail UI)/g;

/** The link that kills a job on the driver's page of jobs. */
const KILL_FORM = /name="id" value="(\d+)"\/>\s*<input type="hidden" name="csrfToken" value="(\w+)"/g;

export class FaultySpark {
  /**
   * @param {Spark} spark
   * @param {FaultProxy} master
   * @param {FaultProxy} driver Of every application but the second one.
   * @param {number} secondPort Where the second application's driver has its page.
   */
  constructor(spark, master, driver, secondPort) {
    this.spark = spark;
    this.master = master;
    this.driver = driver;
    this.secondPort = secondPort;
    /** Programs that use this Spark. @type {Set<Group>} */
    this.programs = new Set();
    /** @type {Group | null} */
    this.second = null;
  }

  static async start() {
    return FaultySpark.before(await Spark.start());
  }

  /** Puts separate proxies in front of a Spark that may have others. @param {Spark} spark */
  static async before(spark) {
    const { master_ui, driver_ui } = spark.cluster;
    const [master, driver] = await Promise.all([FaultProxy.start(master_ui), FaultProxy.start(driver_ui)]);
    const faulty = new FaultySpark(spark, master, driver, await freePort());
    faulty.answerTruly();
    return faulty;
  }

  /** @param {Record<string, string>} [rates] */
  watch(rates = FAST) {
    return Lab.start({ env: { ...rates, SPARK_MASTER_UI_URL: this.master.url } });
  }

  /** Removes all faults, and ends all queries and the second application. */
  async heal() {
    await Promise.all([this.endSecond(), this.endQueries()]);
    await Promise.all([this.master.set('pass'), this.driver.set('pass')]);
    this.answerTruly();
  }

  /** Passes answers on unchanged, except for the driver's address. @private */
  answerTruly() {
    this.master.rewrite = page => this.withProxiedDriver(page);
  }

  /** Finds a driver's link on the master's page, as the sidecar does. @private @param {string} page */
  withProxiedDriver(page) {
    return page.replace(DRIVER_LINK, (link, port) => {
      if (Number(port) === this.secondPort) {
        return link;
      }
      this.driver.target = link;
      return this.driver.url;
    });
  }

  /** Makes the master answer like a standby, which lists no workers and applications. */
  standBy() {
    this.master.rewrite = body =>
      JSON.stringify({ ...JSON.parse(body), status: 'STANDBY', workers: [], aliveworkers: 0, activeapps: [] });
  }

  /** Runs Python with a session called `spark` on the Connect server. @param {string} code */
  query(code) {
    const remote = JSON.stringify(this.spark.cluster.connect_url);
    const session = `spark = SparkSession.builder.remote(${remote}).getOrCreate()`;
    return this.run('a query', `from pyspark.sql import SparkSession, functions as F\n${session}\n${code}`, {});
  }

  /** Kills an executor's process; the worker starts another one. */
  killExecutor() {
    const [executor] = descendants(this.spark.cluster.pids.worker, 'CoarseGrainedExecutorBackend');
    if (executor === undefined) {
      throw new Error('no executor runs');
    }
    process.kill(executor, 'SIGKILL');
  }

  /** Kills queries as a person does, on the driver's page, because a query outlives its client. */
  async endQueries() {
    const page = `${this.spark.cluster.driver_ui}/jobs/`;
    const text = await fetch(page).then(answer => answer.text(), () => 'no driver, no query');
    for (const [, id = '', csrfToken = ''] of text.matchAll(KILL_FORM)) {
      await fetch(`${page}job/kill/`, { method: 'POST', body: new URLSearchParams({ id, csrfToken }), redirect: 'manual' });
    }
  }

  /** Starts a second application, which waits because the first one holds all cores. */
  async secondApplication() {
    const code = `import sys
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("${this.spark.cluster.master_url}").appName("Nightly import")
spark = builder.config("spark.ui.port", ${this.secondPort}).config("spark.driver.host", "127.0.0.1").getOrCreate()
sys.stdin.read()`;
    this.second = this.run('the second application', code, { SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_PYTHON: PYTHON });
    // The master lists it seconds before its driver answers.
    const url = `http://127.0.0.1:${this.secondPort}/api/v1/applications`;
    const answers = () => fetch(url).then(answer => answer.ok, () => false);
    await this.second.ready(async () => (await this.applications()) > 1 && (await answers()), 60_000);
  }

  /** Ends the second application, and waits until the master has noticed. */
  async endSecond() {
    if (this.second !== null) {
      await this.second.stop();
      this.programs.delete(this.second);
      this.second = null;
      await until('the master to notice', async () => (await this.applications()) < 2);
    }
  }

  /** @private */
  async applications() {
    const answer = await fetch(`${this.spark.cluster.master_ui}/json/`);
    const { activeapps } = /** @type {{activeapps: unknown[]}} */ (await answer.json());
    return activeapps.length;
  }

  /** @private @param {string} name @param {string} code @param {Record<string, string>} more */
  run(name, code, more) {
    const program = new Group(name, PYTHON, ['-W', 'ignore', '-c', code], { env: environment(more) });
    this.programs.add(program);
    return program;
  }

  async stop() {
    await this.leave();
    await this.spark.stop();
  }

  /** Lets the Spark run. */
  async leave() {
    await Promise.all([...this.programs].map(program => program.stop()));
    await Promise.all([this.master.stop(), this.driver.stop()]);
  }
}
