import { isLiveReload } from '../http/liveReload.ts';
import { reasonPhrases } from '../http/reasonPhrases.ts';
import { visibleString } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { ExchangeRow } from '../protocol/inspector.ts';
import { counted, formatDuration, formatTime } from './format.ts';
import type { IconName } from './icons.ts';
import { waterfallOf } from './waterfall.ts';

/** A remark on an exchange: an icon and a word, never a colour alone. */
export interface Badge {
  readonly icon: IconName;
  readonly text: string;
  /** Whether something went wrong. */
  readonly severe: boolean;
  /** Whether the word stands beside the icon: for what the status does not say itself. */
  readonly named: boolean;
}

/** The badges of an exchange, the most severe first: where there is little room, only that one is seen. */
export function badgesOf(row: ExchangeRow): readonly Badge[] {
  const badges: Badge[] = [];
  if (row.rule !== '') badges.push({ icon: 'error', text: l10n.t('malformed'), severe: true, named: true });
  else if (row.status >= 500)
    badges.push({ icon: 'error', text: l10n.t('server error'), severe: true, named: false });
  else if (row.status >= 400)
    badges.push({ icon: 'warning', text: l10n.t('client error'), severe: true, named: false });
  if (row.aborted) badges.push({ icon: 'circle-slash', text: l10n.t('aborted'), severe: true, named: true });
  if (row.marked) badges.push({ icon: 'bookmark', text: l10n.t('marked'), severe: false, named: false });
  if (row.comment !== '')
    badges.push({ icon: 'comment', text: l10n.t('commented'), severe: false, named: false });
  if (isLiveReload(row.target))
    badges.push({ icon: 'sync', text: l10n.t('live reload'), severe: false, named: true });
  if (row.beforeReload)
    badges.push({ icon: 'history', text: l10n.t('before reload'), severe: false, named: true });
  if (row.imported) badges.push({ icon: 'archive', text: l10n.t('imported'), severe: false, named: true });
  return badges;
}

/** An exchange as a sentence, for screen readers. */
export function exchangeSentence(row: ExchangeRow): string {
  const request = `${visibleString(row.method) || l10n.t('No method')} ${visibleString(row.target)}`.trim();
  const phrase = Object.hasOwn(reasonPhrases, row.status) ? ` ${reasonPhrases[row.status]}` : '';
  const parts = [
    l10n.t('{0}, exchange {1}, connection {2}', request, row.id, row.connection),
    row.status === 0 ? l10n.t('not answered yet') : l10n.t('answered {0}', `${row.status}${phrase}`),
    l10n.t('{0} received', counted(row.requestSize, 'byte')),
    l10n.t('{0} sent', counted(row.responseSize, 'byte')),
    row.duration === null ? l10n.t('still going on') : l10n.t('took {0}', formatDuration(row.duration)),
  ];
  if (row.rule !== '') parts.push(l10n.t('malformed: {0}', row.rule));
  if (row.aborted) parts.push(l10n.t('aborted'));
  if (row.type !== '') parts.push(visibleString(row.type));
  const { arrival } = waterfallOf(row);
  if (arrival !== 'new') parts.push(arrival === 'reused' ? l10n.t('connection reused') : l10n.t('pipelined'));
  parts.push(l10n.t('at {0}', formatTime(row.startedAt)));
  if (isLiveReload(row.target)) parts.push(l10n.t('of live reload'));
  if (row.marked) parts.push(l10n.t('marked'));
  if (row.comment !== '') parts.push(l10n.t('comment: {0}', visibleString(row.comment)));
  if (row.imported) parts.push(l10n.t('imported'));
  if (row.beforeReload) parts.push(l10n.t('captured before the window was reloaded'));
  return parts.join(', ');
}
