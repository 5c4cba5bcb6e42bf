// The first words of the panel that showed the cluster first, read from its pictures in docs/answer-first/.
import { table } from '../lib/generated.mjs';

const CORES = 'Cluster: Alive. Workers 1 of 1. Cores 2 of 2, 100%, very high';
/** @type {[name: string, situation: string, before: string][]} */
const SITUATIONS = [
  ['running', 'a query runs', CORES],
  ['query-folded-out', "this notebook's query is expanded", CORES],
  ['spill', 'a stage spills to disk', CORES],
  ['application-waiting', 'the chosen application waits for cores', CORES],
  ['application-gone', 'the chosen application has ended', CORES],
  ['driver-starting', 'the driver is starting', CORES],
  ['driver-unreachable', 'the driver does not answer', CORES],
  ['master-unreachable', 'the master does not answer, the driver does', 'Cluster: Alive. Not updated since 15:51:50'],
  ['master-standby', 'the master is a standby', 'Cluster: Standby. No worker has joined yet'],
  ['empty', 'no application runs', 'Cluster: Alive. Workers 1 of 1. Cores 0 of 2, 0%']
];

/** The words and pictures of each situation, before and after. @param {Map<string, string>} first */
export function before(first) {
  const rows = SITUATIONS.map(([name, situation, words]) => {
    const picture = (/** @type {string} */ folder, /** @type {string} */ when, /** @type {string} */ look) =>
      `<img width="150" src="${folder}/${name}-${look}.png" alt="${when}, ${look}: ${situation}">`;
    const pictures = ['light', 'dark'].flatMap(look => [
      picture('answer-first', 'Before', look),
      picture('panel', 'After', look)
    ]);
    return [situation, words, `**${first.get(name) ?? ''}**`, ...pictures];
  });
  const head = ['situation', 'read first, before', 'read first, after', 'before', 'after', 'before', 'after'];
  return table(head, rows);
}
