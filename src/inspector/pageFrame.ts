import { l10n } from '../l10n/l10n.ts';
import { announcer } from './announcer.ts';
import type { InspectorState } from './inspectorState.ts';
import type { Layout } from './pageState.ts';
import { splitter } from './splitter.ts';
import { statusStrip } from './statusStrip.ts';

/** Id of the element that says what the filter means. */
export const filterEchoId = 'filter-echo';

/** What the page puts into its frame. */
export interface FrameParts {
  readonly filter: HTMLElement;
  readonly list: HTMLElement;
  readonly meaning: HTMLElement;
  readonly bytes: HTMLElement;
  /** What replaces all the others while a connection is followed. */
  readonly follow: HTMLElement;
  /** Announces to screen readers what a key has led to. */
  readonly announcement: HTMLElement;
  /** How the page was laid out. */
  readonly layout: Layout;
  /** The user moved a border. */
  moved(change: Partial<Layout>): void;
}

/** The page's own elements: the bar above, the list, what an exchange means beside its bytes, the strip below. */
export class PageFrame {
  readonly page = made('main', 'page');
  readonly buttons = made('div', 'buttons');
  readonly echo = made('div', 'summary');
  readonly nothingListed = made('div', 'empty');
  readonly nothingSelected = made('div', 'empty');

  constructor(state: InspectorState, parts: FrameParts) {
    const title = made('h1', 'unseen');
    title.textContent = l10n.t('Request Inspector');
    const { announcement } = parts;
    announcement.className = 'unseen';
    announcement.setAttribute('role', 'status');
    this.page.append(
      title,
      this.bar(parts),
      made('div', 'upper', parts.list, this.nothingListed),
      splitter({
        label: l10n.t('Height of the list'),
        direction: 'column',
        container: this.page,
        property: '--spark-list-share',
        share: parts.layout.listShare,
        moved: (listShare) => parts.moved({ listShare }),
      }),
      made('div', 'lower', this.sides(parts), this.nothingSelected),
      parts.follow,
      statusStrip(state),
      announcer(state),
      announcement,
    );
  }

  private bar({ filter }: FrameParts): HTMLElement {
    const { buttons, echo } = this;
    buttons.setAttribute('role', 'toolbar');
    buttons.setAttribute('aria-label', l10n.t('List'));
    echo.id = filterEchoId;
    return made('header', 'toolbar', filter, buttons, echo);
  }

  private sides({ meaning, bytes, layout, moved }: FrameParts): HTMLElement {
    const sides = made('div', 'sides', meaning);
    sides.append(
      splitter({
        label: l10n.t('Size of the meaning'),
        direction: 'row',
        container: sides,
        property: '--spark-meaning-share',
        share: layout.meaningShare,
        moved: (meaningShare) => moved({ meaningShare }),
      }),
      bytes,
    );
    return sides;
  }
}

function made(name: string, className: string, ...children: readonly HTMLElement[]): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}
