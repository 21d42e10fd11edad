import { html, nothing, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { FilterProblem } from '../protocol/exchangeList.ts';
import type { CaptureSummary } from '../protocol/inspector.ts';
import { counted, formatCount } from './format.ts';
import { type IconName, icon } from './icons.ts';
import type { ListState } from './inspectorState.ts';

export interface ToolbarEvents {
  follow(): void;
  pause(paused: boolean): void;
  preserve(preserve: boolean): void;
  announce(announces: boolean): void;
  chooseColumns(): void;
  clear(): void;
}

/** What the buttons show. */
export interface ToolbarState {
  readonly list: ListState | null;
  readonly following: boolean;
  readonly sorted: boolean;
  readonly paused: boolean;
  readonly announces: boolean;
}

/** The buttons beside the filter. */
export function toolbar(state: ToolbarState, events: ToolbarEvents): TemplateResult {
  const { list, following, sorted, paused, announces } = state;
  const isEmpty = list === null || list.summary.exchanges === 0;
  return html`${
    isEmpty || (following && !sorted)
      ? nothing
      : html`<button class="tool" title=${l10n.t('Show the newest exchange, and follow')} @click=${() => events.follow()}>
          ${icon('arrow-down')}${l10n.t('Newest')}
        </button>`
  }
    ${toggle(
      paused ? 'play' : 'debug-pause',
      l10n.t('Pause the list'),
      paused
        ? l10n.t('The list stands still; what arrives is captured all the same. Go on showing it')
        : l10n.t('Pause: let the list stand still while exchanges arrive'),
      paused,
      () => events.pause(!paused),
    )}
    ${toggle(
      'pinned',
      l10n.t('Keep across server restarts'),
      list?.preserve === false
        ? l10n.t('Keep exchanges when the server starts again')
        : l10n.t('Exchanges are kept when the server starts again'),
      list?.preserve !== false,
      () => events.preserve(list?.preserve === false),
    )}
    ${toggle(
      'megaphone',
      l10n.t('Announce new exchanges'),
      announces
        ? l10n.t('New exchanges are announced to a screen reader')
        : l10n.t('Announce new exchanges to a screen reader'),
      announces,
      () => events.announce(!announces),
    )}
    ${action('list-selection', l10n.t('Choose columns'), false, () => events.chooseColumns())}
    ${action('clear-all', l10n.t('Clear the capture'), isEmpty, () => events.clear())}`;
}

function toggle(
  name: IconName,
  label: string,
  title: string,
  pressed: boolean,
  act: () => void,
): TemplateResult {
  return html`<button
    class="tool toggle"
    aria-pressed=${pressed ? 'true' : 'false'}
    aria-label=${label}
    title=${title}
    @click=${act}
  >${icon(name)}</button>`;
}

function action(name: IconName, label: string, disabled: boolean, act: () => void): TemplateResult {
  return html`<button class="tool" aria-label=${label} title=${label} ?disabled=${disabled} @click=${act}>
    ${icon(name)}
  </button>`;
}

/** The line below the filter: what it shows, in plain words; or what is wrong with it. */
export function filterEcho(
  list: ListState | null,
  isUnfinished: (problem: FilterProblem) => boolean,
): TemplateResult | typeof nothing {
  if (list === null) return nothing;
  const { summary, view } = list;
  if (view.problem !== null) {
    const isTyping = isUnfinished(view.problem);
    return html`<span class=${isTyping ? 'remark' : 'severe'}
      >${isTyping ? nothing : icon('error')} ${view.problem.message}</span
    > <span class="remark">${l10n.t('The list is as before.')}</span>`;
  }
  const parts: string[] = [];
  if (view.progress < 1) parts.push(l10n.t('searching, {0} %', Math.floor(view.progress * 100)));
  if (view.arrivedWhilePaused > 0)
    parts.push(l10n.t('paused, {0} new', formatCount(view.arrivedWhilePaused)));
  parts.push(...losses(summary));
  const rest = parts.map((part) => ` · ${part}`).join('');
  if (view.words === '') {
    return html`${summary.exchanges === 0 ? nothing : `${counted(summary.exchanges, 'exchange')}${rest}`}`;
  }
  return html`${l10n.t('{0} of {1}', formatCount(view.count), counted(summary.exchanges, 'exchange'))}: <span class="words"
      >${view.words}</span
    >${rest}`;
}

function losses({ displaced, leftOut, lostInReload }: CaptureSummary): string[] {
  const parts: string[] = [];
  if (displaced > 0) parts.push(l10n.t('{0} displaced', counted(displaced, 'older exchange')));
  if (leftOut > 0)
    parts.push(l10n.t('{0} not recorded while the server was busy', counted(leftOut, 'exchange')));
  if (lostInReload > 0)
    parts.push(l10n.t('{0} not kept over the window reload', counted(lostInReload, 'exchange')));
  return parts;
}
