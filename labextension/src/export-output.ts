/** Saves the notebook of a run beside the one that was run. */
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/** What it needs of JupyterLab. */
export interface Files {
  contents: Contents.IManager;
  documents: IDocumentManager;
  trans: TranslationBundle;
}

/** Asks for a name, saves the file and opens it. Returns its path, or undefined if the person changed their mind. */
export async function saveOutput(
  { contents, documents, trans }: Files,
  path: string,
  file: Blob,
  startedAt: number
): Promise<string | undefined> {
  const content: unknown = JSON.parse(await file.text());
  const folder = PathExt.dirname(path);
  const asked = await InputDialog.getText({
    title: trans.__('Save the output'),
    label: trans.__('Name of the file'),
    text: `${PathExt.basename(path, PathExt.extname(path))}.run-${stamp(startedAt)}.ipynb`,
    okLabel: trans.__('Save')
  });
  const name = asked.button.accept ? asked.value?.trim() : undefined;
  if (!name) {
    return undefined;
  }
  const target = PathExt.join(folder, name);
  if ((await exists(contents, target)) && !(await mayReplace(name, trans))) {
    return undefined;
  }
  await contents.save(target, { type: 'notebook', format: 'json', content });
  documents.openOrReveal(target);
  return target;
}

/** Throws if Jupyter does not say: what may be there must not be replaced unasked. */
async function exists(contents: Contents.IManager, path: string): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch (reason) {
    // Other drives than Jupyter's own have errors of their own, with the same answer in them.
    if ((reason as { response?: Response } | undefined)?.response?.status === 404) {
      return false;
    }
    throw reason;
  }
}

async function mayReplace(name: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Replace the file?'),
    body: trans.__('There is a file %1 already.', name),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Replace') })]
  });
  return button.accept;
}

/** `20260527-121500`, in the browser's time. */
function stamp(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}
