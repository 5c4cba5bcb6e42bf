/** "Check with Spark": has a notebook's code checked without running it, draws the findings and says the verdict. */
import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { type Assistant, AssistantError, type CheckAnswer, type Finding } from './assistant';
import { type Cell, CheckMarks } from './check-marks';
import { type Checked, firstOf, TYPES, verdictWords } from './check-words';
import { showCell } from './jump';

/** How long the sidecar may wait for the end before it answers that the check still runs; milliseconds. */
const WAIT_MS = 5_000;
/** How long we wait before each question, whatever the sidecar does; milliseconds. */
const PAUSE_MS = 200;
/** How long it is said that a program passes; milliseconds. */
const SAID_MS = 10_000;
/** JupyterLab cuts off longer messages. */
const LONGEST_MESSAGE = 140;

/** What a check needs of the rest. */
export interface CheckContext {
  shell: JupyterFrontEnd.IShell;
  assistant: Assistant;
  tracker: INotebookTracker;
  trans: TranslationBundle;
}

/** What is sent: code cells, with their texts at that moment. */
interface Program {
  cells: Cell[];
  sources: string[];
  /** The cell that the check is about, if not all. */
  about: number | undefined;
}

export class Checks {
  constructor(private readonly context: CheckContext) {
    this.marks = new CheckMarks(context.trans);
  }

  /** The notebook in front, unless its language is known to be another than Python. */
  get notebook(): NotebookPanel | undefined {
    const panel = this.context.tracker.currentWidget;
    const language = panel?.content.model?.defaultKernelLanguage ?? '';
    const isInFront = panel !== null && panel === this.context.shell.currentWidget;
    return isInFront && /^(python)?$/i.test(language) ? panel : undefined;
  }

  /** The active cell of the notebook in front, if it is code. */
  get cell(): Cell | undefined {
    const cell = this.notebook?.content.activeCell;
    return cell?.model.type === 'code' ? cell : undefined;
  }

  async checkNotebook(): Promise<void> {
    if (this.notebook !== undefined) {
      await this.checkOnce(this.notebook, programOf(codeCells(this.notebook)));
    }
  }

  /** Sends the cells above it too, because it may need their names. */
  async checkCell(): Promise<void> {
    const { notebook, cell } = this;
    if (notebook !== undefined && cell !== undefined) {
      const cells = codeCells(notebook);
      const about = cells.indexOf(cell);
      await this.checkOnce(notebook, programOf(cells.slice(0, about + 1), about));
    }
  }

  /** Does nothing while a check of the notebook runs. */
  private async checkOnce(panel: NotebookPanel, program: Program): Promise<void> {
    if (this.running.has(panel)) {
      return;
    }
    this.running.add(panel);
    const { trans } = this.context;
    const notice = Notification.emit(trans.__('Checking with Spark…'), 'in-progress', { autoClose: false });
    try {
      const answer = await this.ask(panel, program.sources);
      if (panel.isDisposed) {
        Notification.dismiss(notice);
      } else {
        this.show(notice, panel, program, answer);
      }
    } catch (reason) {
      this.showError(notice, reason);
    } finally {
      this.running.delete(panel);
    }
  }

  /** Waits for the end of the check, or of the notebook. */
  private async ask(panel: NotebookPanel, cells: string[]): Promise<CheckAnswer> {
    const { assistant } = this.context;
    let answer = await assistant.send<CheckAnswer>('POST', 'check', { cells });
    while (answer.state === 'running' && !panel.isDisposed) {
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
      answer = await assistant.get<CheckAnswer>(`check/${encodeURIComponent(answer.id)}?wait_ms=${WAIT_MS}`);
    }
    return answer;
  }

  private show(notice: string, panel: NotebookPanel, program: Program, answer: CheckAnswer): void {
    const { trans } = this.context;
    const { cells, about } = program;
    const checked: Checked = { verdict: answer.verdict ?? 'unproven', findings: answer.findings ?? [], about };
    this.draw(program, checked.findings);
    const counts = cells.map(executionCount);
    const first = firstOf(checked);
    const cell = cells[first?.cell ?? -1];
    const actions: Notification.IAction[] = [];
    if (first !== undefined && cell !== undefined) {
      const callback = (): void => void this.goTo(panel, cell.model.id, first.line);
      actions.push({ label: trans.__('Show'), caption: trans.__('Go to the first finding'), callback });
    }
    const message = verdictWords(trans, checked, cell => counts[cell] ?? null);
    const autoClose = checked.verdict === 'passes' ? SAID_MS : (false as const);
    say(notice, message, TYPES[checked.verdict], { autoClose, actions });
  }

  private draw({ cells, sources, about }: Program, findings: readonly Finding[]): void {
    for (const [index, cell] of cells.entries()) {
      if (about === undefined || index === about) {
        const own = findings.filter(finding => finding.cell === index);
        this.marks.show(cell, { source: sources[index] ?? '', findings: own });
      }
    }
  }

  /** The cell may have moved since it was checked. */
  private async goTo(panel: NotebookPanel, cellId: string, line: number): Promise<void> {
    if (panel.isDisposed) {
      return;
    }
    this.context.shell.activateById(panel.id);
    const index = panel.content.widgets.findIndex(({ model }) => model.id === cellId);
    await showCell(panel, index, line);
    if (index >= 0) {
      panel.content.mode = 'edit';
    }
  }

  private showError(notice: string, reason: unknown): void {
    const { trans } = this.context;
    if (!(reason instanceof AssistantError)) {
      console.error('Spark Monitor cannot show what a check has found', reason);
    }
    const message = reason instanceof AssistantError ? reason.message : trans.__('The check has failed.');
    const title = trans.__('Check with Spark');
    const whole = { label: trans.__('Details'), callback: () => void showErrorMessage(title, message) };
    say(notice, message, 'error', { autoClose: false, actions: message.length > LONGEST_MESSAGE ? [whole] : [] });
  }

  private readonly marks: CheckMarks;
  private readonly running = new WeakSet<NotebookPanel>();
}

/** Replaces a notification, or brings it back if it was dismissed. */
function say(id: string, message: string, type: Notification.TypeOptions, options: Notification.IOptions<null>): void {
  if (!Notification.update({ id, message, type, ...options })) {
    Notification.emit(message, type, options);
  }
}

function codeCells(panel: NotebookPanel): Cell[] {
  return panel.content.widgets.filter(({ model }) => model.type === 'code');
}

function programOf(cells: Cell[], about?: number): Program {
  return { cells, sources: cells.map(({ model }) => model.sharedModel.getSource()), about };
}

function executionCount({ model }: Cell): number | null {
  return (model.sharedModel as { execution_count?: number | null }).execution_count ?? null;
}
