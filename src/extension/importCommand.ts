import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { type ImportTarget, runsOfImport, storeImported } from '../capture/importStore.ts';
import type { RunId, StoredRun } from '../capture/run.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import type { Handlers, importCommandIds } from './commandIds.ts';
import { isElement } from './connectionItems.ts';
import { labelText } from './displayText.ts';
import { ImportReader } from './importReader.ts';
import { notify } from './notices.ts';
import { withProgressWhereLong } from './progress.ts';

/** Milliseconds that storing keeps the extension host at a time. */
const slice = 20;

/** What imports are stored in, shown in and removed from. */
export interface ImportServices {
  readonly extensionUri: vscode.Uri;
  readonly target: ImportTarget;
  /** Bytes of memory that the capture may take. */
  readonly storeBytes: () => number;
  readonly show: (exchange: ExchangeKey) => void;
  /** All runs that are stored, imported or not. */
  readonly runs: () => readonly StoredRun[];
  readonly remove: (runs: readonly RunId[]) => void;
}

/** What brings files with captures into the inspector, and takes them out again, by the command's name. */
export function importCommands(services: ImportServices): Handlers<typeof importCommandIds> {
  return {
    'spark.importCapture': async (given, selected) => {
      for (const uri of givenFiles(given, selected) ?? (await chooseFiles())) await importFile(services, uri);
    },
    'spark.removeImported': (argument) => removeImported(services, argument),
  };
}

/** The files that a menu of the explorer is about. */
function givenFiles(given: unknown, selected: unknown): readonly vscode.Uri[] | null {
  if (Array.isArray(selected) && selected.length > 0) {
    return selected.filter((one): one is vscode.Uri => one instanceof vscode.Uri);
  }
  return given instanceof vscode.Uri ? [given] : null;
}

async function chooseFiles(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Capture'),
    openLabel: vscode.l10n.t('Import'),
    canSelectMany: true,
    filters: {
      [vscode.l10n.t('Captures')]: ['har', 'pcapng'],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
  return chosen ?? [];
}

/** Stores what is in a file as a run of its own; a file that cannot be read changes nothing. */
async function importFile(services: ImportServices, uri: vscode.Uri): Promise<void> {
  const name = path.posix.basename(uri.path);
  let reader: ImportReader;
  try {
    const script = vscode.Uri.joinPath(services.extensionUri, 'dist/importWorker.js').fsPath;
    const file = uri.scheme === 'file' ? uri.fsPath : await vscode.workspace.fs.readFile(uri);
    reader = new ImportReader(script, file, services.storeBytes());
  } catch (error) {
    refuse(name, error instanceof Error ? error.message : String(error));
    return;
  }
  const reading = await withProgressWhereLong(
    vscode.l10n.t('Importing {0}', name),
    reader.reading,
    () => reader.share,
    () => reader.cancel(),
  );
  switch (reading.kind) {
    case 'cancelled':
      return;
    case 'refused':
      refuse(name, reading.reason);
      return;
    case 'read': {
      const id = `import-${randomBytes(8).toString('hex')}`;
      services.show(await inSlices(storeImported(services.target, name, id, reading.runs)));
      const count = reading.runs.reduce((sum, { exchanges }) => sum + exchanges, 0);
      const text =
        count === 1
          ? vscode.l10n.t('Imported one exchange from {0}', name)
          : vscode.l10n.t('Imported {0} exchanges from {1}', count.toLocaleString('en'), name);
      vscode.window.setStatusBarMessage(text, 5000);
    }
  }
}

/** Removes what was imported from one file: all of it, and nothing else. */
async function removeImported(services: ImportServices, argument: unknown): Promise<void> {
  const run = importedRunOf(services, argument) ?? (await chooseImport(services));
  if (run === null) return;
  const name = run.description.imported?.file ?? '';
  services.remove(runsOfImport(run.description.id));
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Removed what was imported from {0}', labelText(name)),
    5000,
  );
}

/** The imported run that a menu of the tree or of the inspector's list is about. */
function importedRunOf({ runs }: ImportServices, argument: unknown): StoredRun | null {
  const id = runIdOf(argument);
  return importsIn(runs()).find(({ description }) => description.id === id) ?? null;
}

function runIdOf(argument: unknown): RunId | null {
  if (isElement(argument, 'server')) return argument.id;
  if (typeof argument !== 'object' || argument === null || !('exchange' in argument)) return null;
  const { exchange } = argument;
  return typeof exchange === 'string' ? exchange.slice(0, exchange.lastIndexOf('/')) : null;
}

async function chooseImport({ runs }: ImportServices): Promise<StoredRun | null> {
  // One for each file, whose runs have names that begin alike.
  const byFile = new Map(importsIn(runs()).map((run) => [runsOfImport(run.description.id)[0], run]));
  if (byFile.size === 0) {
    notify('information', vscode.l10n.t('Nothing is imported.'));
    return null;
  }
  const items = [...byFile.values()].toReversed().map((run) => ({
    label: labelText(run.description.imported?.file ?? ''),
    description: new Date(run.description.startedAt).toLocaleString(vscode.env.language),
    run,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Remove Imported Capture'),
    placeHolder: vscode.l10n.t('Which one?'),
  });
  return picked?.run ?? null;
}

function importsIn(runs: readonly StoredRun[]): StoredRun[] {
  return runs.filter(({ description }) => description.imported !== undefined);
}

function refuse(name: string, reason: string): void {
  notify('error', vscode.l10n.t('{0} was not imported: {1}', name, reason));
}

/** Stores in slices, so that the extension host can do other things in between. */
async function inSlices<Result>(steps: Generator<void, Result>): Promise<Result> {
  let until = performance.now() + slice;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + slice;
  }
}
