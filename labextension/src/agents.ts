/** Whether AI agents may check with Spark: a person's choice, which the sidecar keeps. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';

import { type AgentsAnswer, type Assistant, AssistantError } from './assistant';

const ROUTE = 'agents';

export class Agents {
  constructor(
    private readonly assistant: Assistant,
    private readonly trans: TranslationBundle
  ) {}

  /** Whether there is something to choose: agents do not reach every sidecar. */
  get areOffered(): boolean {
    return this.answer?.mcp ?? false;
  }

  get areAllowed(): boolean {
    return this.answer?.allowed ?? false;
  }

  /** Emits when the choice is known, and when it has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Asks for the choice as it was made before. */
  async load(): Promise<void> {
    try {
      this.set(await this.assistant.get<AgentsAnswer>(ROUTE));
    } catch {
      // Nothing is offered then; the panel says why nothing answers.
    }
  }

  async toggle(): Promise<void> {
    const allowed = !this.areAllowed;
    if (allowed && !(await this.isWanted())) {
      return;
    }
    try {
      this.set(await this.assistant.send<AgentsAnswer>('PUT', ROUTE, { allowed }));
    } catch (reason) {
      const message = reason instanceof AssistantError ? reason.message : this.trans.__('The choice was not saved.');
      Notification.error(message, { autoClose: false });
    }
  }

  private async isWanted(): Promise<boolean> {
    const { trans } = this;
    const allows = trans.__(
      'AI agents that reach this sidecar by MCP may have Spark explain the code they write, and rehearse it with zero rows in a sealed process on this machine. Nothing of it runs on the cluster.'
    );
    const { button } = await showDialog({
      title: trans.__('Let AI agents check with Spark?'),
      body: allows,
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Allow') })]
    });
    return button.accept;
  }

  private set(answer: AgentsAnswer): void {
    this.answer = answer;
    this._changed.emit();
  }

  private answer: AgentsAnswer | undefined;
  private readonly _changed = new Signal<this, void>(this);
}
