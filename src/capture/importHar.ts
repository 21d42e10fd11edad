import { l10n } from '../l10n/l10n.ts';
import type { ImportedConnection } from './importedConnection.ts';
import type { HarEntry } from './importHarEntry.ts';
import { otherEntry } from './importHarOther.ts';
import { ownEntry } from './importHarOwn.ts';
import { EntryReader, isJsonObject, type Json, parsedJson } from './importJson.ts';
import { ImportProblem } from './importProblem.ts';

/**
 * The connections of a HAR file: with the bytes, where Spark wrote it; else with messages rebuilt from what it says.
 *
 * @param progress is told the share that was read
 * @throws ImportProblem
 */
export function connectionsOfHar(file: Uint8Array, progress: (share: number) => void): ImportedConnection[] {
  const root = parsedJson(file);
  const log = isJsonObject(root) ? root.log : undefined;
  const entries = isJsonObject(log) ? log.entries : undefined;
  if (!Array.isArray(entries))
    throw new ImportProblem(l10n.t('it has no log with entries: it is no HAR file.'));
  if (entries.length === 0) throw new ImportProblem(l10n.t('there is no exchange in it.'));
  const connections = new Map<string, HarEntry[]>();
  entries.forEach((value: Json, i) => {
    const entry = new EntryReader(value, i + 1);
    const placed = entry.has('_spark') ? ownEntry(entry, entry.object('_spark')) : otherEntry(entry, i);
    const key = `${placed.rebuilt} ${placed.connection}`;
    const known = connections.get(key);
    if (known === undefined) connections.set(key, [placed]);
    else known.push(placed);
    progress((i + 1) / entries.length);
  });
  return [...connections.values()].map(importedConnection);
}

function importedConnection(entries: readonly HarEntry[]): ImportedConnection {
  const [first] = entries;
  const after = { received: 0, sent: 0 };
  const placed = entries.map((entry, i) => entry.place(after, i + 1));
  const closedAt = entries.reduce((most, entry) => Math.max(most, entry.closedAt), 0);
  return {
    peer: first.peer,
    local: first.local,
    openedAt: entries.reduce((least, { openedAt }) => Math.min(least, openedAt), first.openedAt),
    closedAt: placed.reduce((most, { exchange }) => Math.max(most, exchange.endedAt), closedAt),
    closeReason: entries.at(-1)?.closeReason ?? '',
    rebuilt: first.rebuilt,
    segments: placed.flatMap(({ segments }) => segments),
    exchanges: placed.map(({ exchange }) => exchange),
  };
}
