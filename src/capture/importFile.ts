import { l10n } from '../l10n/l10n.ts';
import { rowBytes } from './exchangeTable.ts';
import { type ImportedRun, importedRun } from './importBatches.ts';
import { isPcapng } from './importBlocks.ts';
import type { ImportedConnection } from './importedConnection.ts';
import { connectionsOfHar } from './importHar.ts';
import { connectionsOfPcapng } from './importPcapng.ts';
import { type ImportLimits, ImportProblem, mostFileBytes, tooLarge } from './importProblem.ts';

/** Memory of an exchange without its bytes, with what its connection takes. */
const exchangeBytes = rowBytes + 1600;
const segmentBytes = 64;
const mebibyte = 1024 * 1024;

/**
 * Reads a HAR or pcapng file: a run with the bytes that were on the wire, one with those that were rebuilt, or both.
 *
 * @param progress is told the share that was read, from 0 to 1
 * @throws ImportProblem and nothing else, whatever the bytes are
 */
export function readCapture(
  file: Uint8Array,
  limits: ImportLimits,
  progress: (share: number) => void,
): ImportedRun[] {
  if (file.length > mostFileBytes) throw tooLarge(file.length);
  const connections = connectionsIn(file, progress);
  const size = connections.reduce((sum, connection) => sum + sizeOf(connection), 0);
  if (size > limits.storeBytes) {
    throw new ImportProblem(
      l10n.t(
        'it takes {0} MB of memory; spark.capture.maxMegabytes allows {1}. Raise that, or export fewer exchanges.',
        Math.ceil(size / mebibyte),
        Math.floor(limits.storeBytes / mebibyte),
      ),
    );
  }
  return [false, true]
    .map((rebuilt) => connections.filter((connection) => connection.rebuilt === rebuilt))
    .flatMap((some) => (some.length === 0 ? [] : [importedRun(some, some[0].rebuilt)]));
}

function connectionsIn(file: Uint8Array, progress: (share: number) => void): ImportedConnection[] {
  if (file.length === 0) throw new ImportProblem(l10n.t('it is empty.'));
  if (isPcapng(file)) return connectionsOfPcapng(file, (bytes) => progress(bytes / file.length));
  const first = Buffer.from(file.subarray(0, 4)).toString('hex');
  if (['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d'].includes(first)) {
    throw new ImportProblem(
      l10n.t('it is a pcap file of the older kind. Save it as pcapng, with Wireshark.'),
    );
  }
  // A byte order mark may stand before JSON.
  const start = first.startsWith('efbbbf') ? 3 : 0;
  const character = Buffer.from(file.subarray(start, start + 100))
    .toString('latin1')
    .trimStart()[0];
  if (character !== '{') throw new ImportProblem(l10n.t('it is neither a HAR nor a pcapng file.'));
  return connectionsOfHar(file, progress);
}

function sizeOf({ exchanges, segments }: ImportedConnection): number {
  return (
    exchanges.length * exchangeBytes + segments.reduce((sum, { kept }) => sum + segmentBytes + kept.length, 0)
  );
}
