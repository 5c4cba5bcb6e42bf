/** A duration as in the panel: `45s`, `2m 5s`, `2m`, `1h 5m`, `1h`. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [large, small, names] =
    seconds < 3600 ? [Math.floor(seconds / 60), seconds % 60, 'ms'] : [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), 'hm'];
  const parts = [
    [large, names[0]],
    [small, names[1]]
  ].filter(([count]) => count !== 0);
  return parts.map(part => part.join('')).join(' ') || '0s';
}
