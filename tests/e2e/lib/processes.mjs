// Running processes, by their parents and their command lines.
import { readdirSync, readFileSync } from 'node:fs';

/** Those that a process or its children have started and whose command line contains some words. @param {number} parent @param {string} words */
export function descendants(parent, words) {
  const pids = readdirSync('/proc').map(Number).filter(pid => pid > 0);
  /** @type {number[]} */
  const found = [];
  for (let parents = [parent]; parents.length > 0; ) {
    parents = pids.filter(pid => parents.includes(parentOf(pid)));
    found.push(...parents);
  }
  return found.filter(pid => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').includes(words));
}

/** @param {number} pid */
function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // The name, in brackets, may contain spaces; state and parent follow it.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended in the meantime.
    return '';
  }
}
