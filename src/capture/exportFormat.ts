import type { ExchangeDetail } from '../protocol/inspector.ts';
import { curlScript } from './exportCurl.ts';
import { harFile } from './exportHar.ts';
import { httpFile } from './exportHttpFile.ts';
import { pcapngFile } from './exportPcapng.ts';
import type { ExposedMessages } from './exportSecrets.ts';

export type ExportFormat =
  | 'har'
  | 'harWithSecrets'
  | 'pcapng'
  | 'http'
  | 'curl'
  | 'requestBytes'
  | 'responseBytes';

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
    case 'requestBytes':
    case 'responseBytes':
      return 'bin';
  }
}

/** Of which messages the format shows cookies and credentials to whoever has not asked for them. */
export function exposedBy(format: ExportFormat): ExposedMessages {
  switch (format) {
    case 'har':
    // Its name says it.
    case 'harWithSecrets':
      return [];
    case 'pcapng':
      return ['request', 'response'];
    case 'http':
    case 'curl':
    case 'requestBytes':
      return ['request'];
    case 'responseBytes':
      return ['response'];
  }
}

/** The pieces of a file with these exchanges. `version`: of Spark. */
export function exportPieces(
  format: ExportFormat,
  details: Iterable<ExchangeDetail>,
  version: string,
): Iterable<string | Uint8Array> {
  switch (format) {
    case 'har':
      return harFile(details, { version, secrets: false });
    case 'harWithSecrets':
      return harFile(details, { version, secrets: true });
    case 'pcapng':
      return pcapngFile(details, version);
    case 'http':
      return httpFile(details);
    case 'curl':
      return curlScript(details);
    case 'requestBytes':
      return rawBytes(details, 'request');
    case 'responseBytes':
      return rawBytes(details, 'response');
  }
}

/** What was kept of the messages, one behind the other. */
function* rawBytes(
  details: Iterable<ExchangeDetail>,
  message: 'request' | 'response',
): Generator<Uint8Array> {
  for (const detail of details) {
    for (const { bytes } of detail[message].kept) yield bytes;
  }
}
