// A real standalone master that takes jobs by its REST submission server, with one worker.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { environment, PYTHON } from './environment.mjs';
import { Group } from './group.mjs';
import { freePort } from './ports.mjs';

/** A busy machine takes minutes to start a JVM; milliseconds. */
const START_MS = 200_000;
const LOCAL = '127.0.0.1';

export class Standalone {
  /** @param {{url: string, restUrl: string, webUrl: string}} addresses @param {Group[]} groups */
  constructor({ url, restUrl, webUrl }, groups) {
    /** `spark://…` */
    this.url = url;
    this.restUrl = restUrl;
    this.webUrl = webUrl;
    this.groups = groups;
  }

  /** @param {string} folder The worker's folder is in it. */
  static async start(folder) {
    const find = 'import os, pyspark; print(os.path.dirname(pyspark.__file__))';
    const home = execFileSync(PYTHON, ['-c', find], { encoding: 'utf8' }).trim();
    const [port, rest, web] = [await freePort(), await freePort(), await freePort()];
    const addresses = { url: `spark://${LOCAL}:${port}`, restUrl: `http://${LOCAL}:${rest}`, webUrl: `http://${LOCAL}:${web}` };
    const env = environment({
      SPARK_HOME: home,
      SPARK_LOCAL_IP: LOCAL,
      SPARK_MASTER_OPTS: `-Dspark.master.rest.port=${rest}`,
      SPARK_DAEMON_MEMORY: '512m',
      PYSPARK_PYTHON: PYTHON
    });
    /** @param {string} name @param {string[]} words */
    const group = (name, words) => new Group(name, path.join(home, 'bin/spark-class'), words, { cwd: folder, env });
    const master = group('the Spark Master', [
      'org.apache.spark.deploy.master.Master', '--host', LOCAL, '--port', `${port}`, '--webui-port', `${web}`
    ]);
    const spark = new Standalone(addresses, [master]);
    try {
      const ready = `${addresses.restUrl}/v1/submissions/readyz`;
      await master.ready(() => fetch(ready).then(answer => answer.ok, () => false), START_MS);
      const worker = group('the Spark worker', [
        'org.apache.spark.deploy.worker.Worker', '-c', '2', '-m', '3g', '--webui-port', '0', '-d', path.join(folder, 'work'),
        addresses.url
      ]);
      spark.groups.push(worker);
      const workers = async () => /** @type {{aliveworkers: number}} */ (await (await fetch(`${addresses.webUrl}/json/`)).json());
      await worker.ready(async () => (await workers()).aliveworkers === 1, START_MS);
    } catch (error) {
      await spark.stop();
      throw error;
    }
    return spark;
  }

  async stop() {
    for (const group of [...this.groups].reverse()) {
      await group.stop();
    }
  }
}
