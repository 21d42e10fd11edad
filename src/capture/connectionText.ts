import { writeBytes } from '../http/byteEncodings.ts';
import { visibleString } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import type { FollowedBlock, FollowFormat } from '../protocol/follow.ts';
import { escapedText } from './byteDump.ts';
import type { WholeConnection } from './followConnection.ts';

const LF = 0x0a;
const arrows: Readonly<Record<Direction, string>> = { received: '→', sent: '←' };

/**
 * Both directions of a connection in order, as text without any character that a screen would act upon: of each read
 * and write its time, its size, the pause before it and its bytes.
 */
export function* connectionTranscript(whole: WholeConnection, format: FollowFormat): Generator<string> {
  const { id, serverName, peer, blocks } = whole;
  const from = `${peer.address.includes(':') ? `[${peer.address}]` : peer.address}:${peer.port}`;
  yield `${[l10n.t('Connection {0} · from {1}', id, from), visibleString(serverName)].join(' · ')}\n`;
  let before = 0;
  for (const block of blocks) {
    yield `\n${blockLine(block, before)}\n${linesOf(block, format)}`;
    before = block.time;
  }
}

function blockLine({ direction, start, end, time }: FollowedBlock, before: number): string {
  const said = direction === 'received' ? l10n.t('Received') : l10n.t('Sent');
  const size = end - start === 1 ? l10n.t('1 byte') : l10n.t('{0} bytes', end - start);
  const pause = before === 0 ? '' : `  +${Math.max(0, time - before).toFixed(1)} ms`;
  return `${arrows[direction]} ${said} ${size}  ${new Date(time).toISOString()}${pause}`;
}

function linesOf({ start, end, keptStart, kept }: FollowedBlock, format: FollowFormat): string {
  const shown = format === 'hex' ? hexLines(kept, keptStart) : textLines(kept);
  const after = end - keptStart - kept.length;
  return `${missing(keptStart - start)}${shown}${missing(after)}`;
}

function hexLines(bytes: Uint8Array, offset: number): string {
  return bytes.length === 0 ? '' : `${writeBytes(bytes, 'hexDump', offset)}\n`;
}

/** A line for each line of the text. */
function textLines(bytes: Uint8Array): string {
  let lines = '';
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found + 1;
    lines += `${escapedText(bytes.subarray(start, end))}\n`;
    start = end;
  }
  return lines;
}

function missing(count: number): string {
  if (count <= 0) return '';
  const size = count === 1 ? l10n.t('1 byte') : l10n.t('{0} bytes', count);
  return `${l10n.t('{0} not kept', size)}\n`;
}

/** What one direction of a connection carried, as far as it was kept: the bytes belong to the store. */
export function directionBytes({ blocks }: WholeConnection, direction: Direction): Uint8Array[] {
  const own = blocks
    .filter((block) => block.direction === direction)
    .sort((one, other) => one.start - other.start);
  return own.map(({ kept }) => kept);
}
