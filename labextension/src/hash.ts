/** The hash by which ipykernel names a cell's file: MurmurHash2 over its text. */

const SEED = 0xc70f6907;
const M = 0x5bd1e995;

export function cellHash(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  const whole = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let index = 0; index < whole; index += 4) {
    let part = Math.imul(view.getUint32(index, true), M);
    part = Math.imul(part ^ (part >>> 24), M);
    hash = Math.imul(hash, M) ^ part;
  }
  if (whole < bytes.length) {
    bytes.subarray(whole).forEach((byte, index) => {
      hash ^= byte << (8 * index);
    });
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return String((hash ^ (hash >>> 15)) >>> 0);
}
