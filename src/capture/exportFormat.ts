import type { ExchangeDetail } from '../protocol/inspector.ts';
import { connectionTranscript, directionBytes } from './connectionText.ts';
import { type ConnectionBytes, pcapngFile } from './exportConversations.ts';
import { curlScript } from './exportCurl.ts';
import { harFile } from './exportHar.ts';
import { httpFile } from './exportHttpFile.ts';
import type { ExposedMessages } from './exportSecrets.ts';
import type { WholeConnection } from './followConnection.ts';

/** What exchanges are exported as. `harWithSecrets`: with cookies and credentials. `messageBytes`: both messages. */
export type ExportFormat =
  | 'har'
  | 'harWithSecrets'
  | 'pcapng'
  | 'http'
  | 'curl'
  | 'requestBytes'
  | 'responseBytes'
  | 'messageBytes'
  | ConnectionFormat;

/** What has both directions, or one, of connections as a whole. */
export type ConnectionFormat = 'transcript' | 'receivedBytes' | 'sentBytes';

/** What is exported: exchanges, and where bytes are that belong to none. */
export interface ExportContent extends ConnectionBytes {
  readonly details: Iterable<ExchangeDetail>;
  /** Where a file is begun only when all exchanges were gone through: is told how much of it was made, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** Whether a file is begun only after all exchanges have been gone through. */
export function gathersFirst(format: ExportFormat): boolean {
  return format === 'pcapng';
}

/** What a file of a format is called: its ending, without the dot. */
export function fileEnding(format: ExportFormat): string {
  switch (format) {
    case 'har':
    case 'harWithSecrets':
      return 'har';
    case 'pcapng':
      return 'pcapng';
    case 'http':
      return 'http';
    case 'curl':
      return 'sh';
    case 'transcript':
      return 'txt';
    case 'requestBytes':
    case 'responseBytes':
    case 'messageBytes':
    case 'receivedBytes':
    case 'sentBytes':
      return 'bin';
  }
}

/** The messages of which the format reveals cookies and credentials without having been asked to. */
export function exposedBy(format: ExportFormat): ExposedMessages {
  switch (format) {
    case 'har':
    // Its name says it.
    case 'harWithSecrets':
      return [];
    case 'pcapng':
    case 'messageBytes':
    case 'transcript':
      return ['request', 'response'];
    case 'http':
    case 'curl':
    case 'requestBytes':
    case 'receivedBytes':
      return ['request'];
    case 'responseBytes':
    case 'sentBytes':
      return ['response'];
  }
}

/** The pieces of a file. `version`: of Spark. */
export function exportPieces(
  format: ExportFormat,
  { details, progress, ...bytes }: ExportContent,
  version: string,
): Iterable<string | Uint8Array> {
  switch (format) {
    case 'har':
      return harFile(details, { version, secrets: false });
    case 'harWithSecrets':
      return harFile(details, { version, secrets: true });
    case 'pcapng':
      return pcapngFile(details, version, bytes, progress);
    case 'http':
      return httpFile(details);
    case 'curl':
      return curlScript(details);
    case 'requestBytes':
      return rawBytes(details, ['request']);
    case 'responseBytes':
      return rawBytes(details, ['response']);
    case 'messageBytes':
      return rawBytes(details, ['request', 'response']);
    case 'transcript':
      return ofEach(bytes, (whole) => connectionTranscript(whole, 'text'));
    case 'receivedBytes':
      return ofEach(bytes, (whole) => directionBytes(whole, 'received'));
    case 'sentBytes':
      return ofEach(bytes, (whole) => directionBytes(whole, 'sent'));
  }
}

/** What was kept of the messages, one behind the other. */
function* rawBytes(
  details: Iterable<ExchangeDetail>,
  messages: readonly ('request' | 'response')[],
): Generator<Uint8Array> {
  for (const detail of details) {
    for (const message of messages) for (const { bytes } of detail[message].kept) yield bytes;
  }
}

/** What is made of each connection, one behind the other. */
function* ofEach(
  { connections, wholeConnection }: ConnectionBytes,
  made: (whole: WholeConnection) => Iterable<string | Uint8Array>,
): Generator<string | Uint8Array> {
  for (const connection of connections) {
    const whole = wholeConnection(connection);
    if (whole !== null) yield* made(whole);
  }
}
