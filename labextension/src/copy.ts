/** Copies text to the clipboard, even if the page was not loaded over HTTPS. */
import { Clipboard } from '@jupyterlab/apputils';

export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
  } else {
    Clipboard.copyToSystem(text);
  }
}
