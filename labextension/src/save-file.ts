/** Saves a file that the page has made or fetched. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

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
export async function savePng(svg: string, name: string, trans: TranslationBundle): Promise<void> {
  try {
    saveFile(await png(svg), name);
  } catch {
    Notification.error(trans.__('The browser could not draw the picture. Save it as SVG.'));
  }
}

async function png(svg: string): Promise<Blob> {
  const picture = new Image();
  picture.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.naturalWidth * SCALE, picture.naturalHeight * SCALE);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/png' });
}
