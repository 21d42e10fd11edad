import { isLiveReload } from '../http/liveReload.ts';
import { reasonPhrases } from '../http/reasonPhrases.ts';
import { visibleString } from '../http/visibleText.ts';
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

export function badgesOf(row: ExchangeRow): readonly Badge[] {
  const badges: Badge[] = [];
  if (row.marked) badges.push({ icon: 'bookmark', text: 'marked', severe: false, named: false });
  if (row.comment !== '') badges.push({ icon: 'comment', text: 'commented', severe: false, named: false });
  if (row.rule !== '') badges.push({ icon: 'error', text: 'malformed', severe: true, named: true });
  else if (row.status >= 500)
    badges.push({ icon: 'error', text: 'server error', severe: true, named: false });
  else if (row.status >= 400)
    badges.push({ icon: 'warning', text: 'client error', severe: true, named: false });
  if (row.aborted) badges.push({ icon: 'circle-slash', text: 'aborted', severe: true, named: true });
  if (isLiveReload(row.target))
    badges.push({ icon: 'sync', text: 'live reload', severe: false, named: true });
  if (row.beforeReload) badges.push({ icon: 'history', text: 'before reload', severe: false, named: true });
  if (row.imported) badges.push({ icon: 'archive', text: 'imported', severe: false, named: true });
  return badges;
}

/** An exchange as a sentence, for those who hear it. */
export function exchangeSentence(row: ExchangeRow): string {
  const request = `${visibleString(row.method) || 'No method'} ${visibleString(row.target)}`.trim();
  const phrase = Object.hasOwn(reasonPhrases, row.status) ? ` ${reasonPhrases[row.status]}` : '';
  const parts = [
    `${request}, exchange ${row.id}, connection ${row.connection}`,
    row.status === 0 ? 'not answered yet' : `answered ${row.status}${phrase}`,
    `${counted(row.requestSize, 'byte')} received`,
    `${counted(row.responseSize, 'byte')} sent`,
    row.duration === null ? 'still going on' : `took ${formatDuration(row.duration)}`,
  ];
  if (row.rule !== '') parts.push(`malformed: ${row.rule}`);
  if (row.aborted) parts.push('aborted');
  if (row.type !== '') parts.push(visibleString(row.type));
  const { arrival } = waterfallOf(row);
  if (arrival !== 'new') parts.push(arrival === 'reused' ? 'connection reused' : 'pipelined');
  parts.push(`at ${formatTime(row.startedAt)}`);
  if (isLiveReload(row.target)) parts.push('of live reload');
  if (row.marked) parts.push('marked');
  if (row.comment !== '') parts.push(`comment: ${visibleString(row.comment)}`);
  if (row.imported) parts.push('imported');
  if (row.beforeReload) parts.push('captured before the window was reloaded');
  return parts.join(', ');
}
