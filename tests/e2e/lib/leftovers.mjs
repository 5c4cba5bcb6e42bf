// What a page keeps: listeners and elements, after everything that can be freed has been freed.

export class Leftovers {
  /** @param {import('./lab-page.mjs').LabPage} lab @param {import('playwright-core').CDPSession} devtools */
  constructor(lab, devtools) {
    this.lab = lab;
    this.devtools = devtools;
  }

  /** @param {import('./lab-page.mjs').LabPage} lab */
  static async watch(lab) {
    const devtools = await lab.page.context().newCDPSession(lab.page);
    await devtools.send('Performance.enable');
    await devtools.send('HeapProfiler.enable');
    return new Leftovers(lab, devtools);
  }

  async count() {
    // Timers and the next frame must have run; one collection frees what the next one needs.
    for (let round = 0; round < 5; round += 1) {
      await this.lab.page.waitForTimeout(300);
      await this.devtools.send('HeapProfiler.collectGarbage');
    }
    const { metrics } = await this.devtools.send('Performance.getMetrics');
    const of = (/** @type {string} */ name) => metrics.find(metric => metric.name === name)?.value ?? 0;
    return { listeners: of('JSEventListeners'), nodes: of('Nodes') };
  }
}
