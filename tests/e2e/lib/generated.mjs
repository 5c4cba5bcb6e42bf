// Generated parts of the documents, between two comments.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');

/**
 * Replaces the text between `<!-- NAME: … -->` and `<!-- NAME end -->`.
 *
 * @param {string} file In `docs/`.
 * @param {string} name
 * @param {string} text
 */
export async function generate(file, name, text) {
  const place = path.join(DOCS, file);
  const part = new RegExp(`(<!-- ${name}: [^>]*-->\n)[^]*(<!-- ${name} end -->)`);
  const before = await readFile(place, 'utf8');
  if (!part.test(before)) {
    throw new Error(`${file} has no part “${name}”`);
  }
  await writeFile(place, before.replace(part, (_, begin, end) => `${begin}${text}\n${end}`));
}

/** A table in Markdown. @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
