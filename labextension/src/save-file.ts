/** Saves a file that the page has made or fetched. */

/** How long the browser may take to begin; milliseconds. */
const KEEP_MS = 60_000;
/** Pixels of a PNG file to one of its picture. */
const SCALE = 2;

export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}

/** Saves an SVG picture as a PNG file, twice as large, for programs that take no SVG. */
export async function savePng(svg: string, name: string): Promise<void> {
  const picture = new Image();
  picture.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = picture.naturalWidth * SCALE;
  canvas.height = picture.naturalHeight * SCALE;
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob(file => file && saveFile(file, name), 'image/png');
}
