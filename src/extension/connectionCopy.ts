import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import { connectionTranscript, directionBytes } from '../capture/connectionText.ts';
import type { WholeConnection } from '../capture/followConnection.ts';
import { writeBytes } from '../http/byteEncodings.ts';
import type { ConnectionKey, ConnectionPart, FollowFormat } from '../protocol/follow.ts';
import { byteSize } from './displayText.ts';
import { notify, offer } from './notices.ts';

/** Bytes that are copied, at most: as text, they take several times as much. */
const mostCopied = 16 * 1024 * 1024;

/** Puts all that is stored of a connection, or of one direction of it, on the clipboard as text. */
export async function copyConnection(
  capture: CaptureSource,
  connection: ConnectionKey,
  part: ConnectionPart,
  format: FollowFormat,
): Promise<void> {
  const whole = capture.wholeConnection(connection);
  if (whole === null) return;
  const size = whole.blocks
    .filter(({ direction }) => part === 'both' || direction === part)
    .reduce((sum, { kept }) => sum + kept.length, 0);
  if (size > mostCopied) {
    notify(
      'information',
      vscode.l10n.t('{0} are too many for the clipboard: export the connection to a file.', byteSize(size)),
      offer(vscode.l10n.t('Export'), 'spark.exportExchanges', { connection }),
    );
    return;
  }
  await vscode.env.clipboard.writeText(textOf(whole, part, format));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', byteSize(size)), 3000);
}

function textOf(whole: WholeConnection, part: ConnectionPart, format: FollowFormat): string {
  if (part === 'both') return [...connectionTranscript(whole, format)].join('');
  const bytes = Buffer.concat(directionBytes(whole, part));
  return writeBytes(bytes, format === 'hex' ? 'hexDump' : 'text');
}
