/** Asks the sidecar's assistant: its routes, their answers, and why it refuses. */
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentences } from './language';

/** From the best to the worst; of a whole program, or of one finding in it. */
export type Verdict = 'passes' | 'unproven' | 'fails' | 'refused';

export interface Finding {
  /** Spark's class of the error, or the name of a rule. */
  code: string;
  severity: Verdict;
  /** Counts the cells that were sent from 0, their lines and columns from 1; a column is a character. */
  cell: number;
  line: number;
  column: number;
  message: string;
  fix: string;
}

/** Of `assistant/check`; without a verdict while it runs. */
export interface CheckAnswer {
  id: string;
  state: 'running' | 'done';
  verdict?: Verdict | null;
  findings?: Finding[];
}

/** Of `assistant/agents`. */
export interface AgentsAnswer {
  /** Whether agents reach this sidecar at all. */
  mcp: boolean;
  allowed: boolean;
}

/** The parts of a refusal that we show. */
interface ErrorAnswer {
  error?: string;
  error_sentences?: string[][];
  hint?: string;
  hint_sentences?: string[][];
}

/** Its message is for people. */
export class AssistantError extends Error {}

export class Assistant {
  constructor(
    /** The base URL of the sidecar's routes, with the trailing slash. */
    private readonly url: string,
    private readonly server: ServerConnection.ISettings,
    private readonly trans: TranslationBundle
  ) {}

  get<T>(route: string): Promise<T> {
    return this.ask(route, {});
  }

  send<T>(method: 'POST' | 'PUT', route: string, body: unknown): Promise<T> {
    const headers = { 'Content-Type': 'application/json' };
    return this.ask(route, { method, headers, body: JSON.stringify(body) });
  }

  /** Throws an `AssistantError`. */
  private async ask<T>(route: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(`${this.url}assistant/${route}`, init, this.server);
    } catch {
      throw new AssistantError(this.trans.__('Jupyter does not answer.'));
    }
    // Jupyter itself answers in HTML while the sidecar starts.
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) {
      return answer as T;
    }
    throw new AssistantError(this.reason(answer as ErrorAnswer | undefined));
  }

  private reason({ error, error_sentences, hint, hint_sentences }: ErrorAnswer = {}): string {
    const said = (text = '', parts: string[][] = []): string => (parts.length > 0 ? sentences(this.trans, parts) : text);
    const reason = [said(error, error_sentences), said(hint, hint_sentences)].filter(text => text !== '');
    return reason.join(' ') || this.trans.__('Spark Monitor does not answer. Try again in a moment.');
  }
}
