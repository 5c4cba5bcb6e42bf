/** The tab that compares two queries, restored with them. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CompareHandle, Shelf } from 'berdl-spark-monitor-ui/shelf.js';

import type { SavedApp } from './saved-app';
import { SingleTab } from './single-tab';
import type { UiLoader } from './wasm';

/** The application and the query of each side, as the bundle takes them; empty for none. */
export type ComparedPair = readonly [appId: string, queryId: string, otherAppId: string, otherQueryId: string];

const NONE: ComparedPair = ['', '', '', ''];

/** What is compared, and how the layout keeps it. */
interface Compared {
  pair: ComparedPair;
  save: () => void;
}

/** What the tab needs from the rest. */
export interface CompareContext {
  shell: JupyterFrontEnd.IShell;
  loader: UiLoader<Shelf>;
  trans: TranslationBundle;
  savedApp: SavedApp;
  /** Opens the page of a query. */
  openQuery: (appId: string, queryId: string) => void;
}

export class CompareTab extends SingleTab<Shelf, CompareHandle> {
  constructor({ shell, loader, trans, savedApp, openQuery }: CompareContext) {
    const compared: Compared = { pair: NONE, save: () => undefined };
    const draw = (shelf: Shelf, node: HTMLElement): CompareHandle =>
      shelf.open_compare(node, savedApp.id, {
        pair: [...compared.pair],
        on_chosen: pair => {
          compared.pair = pairOf(pair);
          compared.save();
        },
        on_open_query: openQuery
      });
    const kept = (): { pair: string[] } => ({ pair: [...compared.pair] });
    super(shell, loader, 'compare', trans.__('Compare queries'), draw, savedApp.ready, kept);
    compared.save = () => this.save();
    this.compared = compared;
    this.savedApp = savedApp;
    savedApp.changed.connect(() => this.widget?.content.ask(compare => compare.set_app(savedApp.id)));
  }

  /** Opens the tab, with a query or two of them if there are any; the second is then a run of the same query. */
  async open(pair: unknown): Promise<unknown> {
    const asked = pairOf(pair);
    if (asked[1] === '') {
      return this.show();
    }
    this.compared.pair = asked;
    // A tab that is drawn only now takes the pair from here.
    this.widget?.content.ask(compare => compare.set_pair([...asked]));
    return this.show();
  }

  /** Opens the tab with a query of the panel's application. */
  openOf(queryId: string): Promise<unknown> {
    return this.open([this.savedApp.id ?? '', queryId]);
  }

  /** Creates the tab as the last layout had it. */
  async restoreWith(pair: unknown): Promise<void> {
    this.compared.pair = pairOf(pair);
    await this.restore();
  }

  /** Forgets what an open tab shows: it may be another person's. */
  forget(): void {
    this.compared.pair = NONE;
    this.widget?.content.ask(compare => compare.set_pair([...NONE]));
  }

  private readonly savedApp: SavedApp;
  private readonly compared: Compared;
}

/** A pair from a layout or a command, which may hold anything. */
function pairOf(value: unknown): ComparedPair {
  const words: unknown[] = Array.isArray(value) ? value : [];
  const word = (place: number): string => {
    const one = words[place];
    return typeof one === 'string' ? one : '';
  };
  return [word(0), word(1), word(2), word(3)];
}
