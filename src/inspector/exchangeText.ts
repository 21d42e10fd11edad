import type { ExchangeRow } from '../protocol/inspector.ts';
import { counted, formatDuration } from './format.ts';
import type { IconName } from './icons.ts';
import { visibleString } from './visibleText.ts';

/** A remark on an exchange: an icon and a word, never a colour alone. */
export interface Badge {
  readonly icon: IconName;
  readonly text: string;
  /** Whether something went wrong. */
  readonly severe: boolean;
}

export function badgesOf(row: ExchangeRow): readonly Badge[] {
  const badges: Badge[] = [];
  if (row.rule !== '') badges.push({ icon: 'error', text: 'malformed', severe: true });
  if (row.aborted) badges.push({ icon: 'circle-slash', text: 'aborted', severe: true });
  if (row.beforeReload) badges.push({ icon: 'history', text: 'before reload', severe: false });
  return badges;
}

/** An exchange as a sentence, for those who hear it. */
export function exchangeSentence(row: ExchangeRow): string {
  const request = `${visibleString(row.method) || 'No method'} ${visibleString(row.target)}`.trim();
  const parts = [
    `${request}, exchange ${row.id}, connection ${row.connection}`,
    row.status === 0 ? 'not answered yet' : `answered ${row.status}`,
    `${counted(row.requestSize, 'byte')} received`,
    `${counted(row.responseSize, 'byte')} sent`,
    row.duration === null ? 'still going on' : `took ${formatDuration(row.duration)}`,
  ];
  if (row.rule !== '') parts.push(`malformed: ${row.rule}`);
  if (row.aborted) parts.push('aborted');
  if (row.beforeReload) parts.push('captured before the window was reloaded');
  return parts.join(', ');
}
