import * as vscode from 'vscode';
import { connectionKeyOf } from '../capture/followConnection.ts';
import type { StoredConnection, StoredRun } from '../capture/run.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import { connectionState, isElement, peerOf } from './connectionItems.ts';
import { labelText } from './displayText.ts';
import type { InspectorPanel } from './inspectorPanel.ts';
import { notify } from './notices.ts';

/** Connections to choose from: the newest of each server's life. */
const mostOffered = 200;

/** Shows both directions of the connection that the argument is about; where it is about none, asks which. */
export async function followConnection(
  store: CaptureStore,
  inspector: InspectorPanel,
  argument: unknown,
): Promise<void> {
  const connection = given(store, argument) ?? (await choose(store, selected(store, inspector)));
  if (connection !== null) inspector.follow(connection);
}

function given(store: CaptureStore, argument: unknown): ConnectionKey | null {
  if (isElement(argument, 'connection')) {
    return connectionKeyOf(argument.run.description.id, argument.connection.record.id);
  }
  if (isElement(argument, 'exchange')) return store.connectionOfExchange(argument.row.key);
  if (typeof argument !== 'object' || argument === null || !('connection' in argument)) return null;
  const { connection } = argument;
  return typeof connection === 'string' && store.connectionVersion(connection) > 0 ? connection : null;
}

function selected(store: CaptureStore, { feed }: InspectorPanel): ConnectionKey | null {
  const exchange = feed?.selectedExchange ?? null;
  return exchange === null ? null : store.connectionOfExchange(exchange);
}

type Item = vscode.QuickPickItem & { readonly connection: ConnectionKey };

/** Offers the connection of the selected exchange first, then the newest of all. */
async function choose(store: CaptureStore, first: ConnectionKey | null): Promise<ConnectionKey | null> {
  const newest = store
    .runs()
    .toReversed()
    .flatMap((run) => run.newestConnections(mostOffered).map((connection) => itemOf(store, run, connection)));
  const items = [
    ...newest.filter(({ connection }) => connection === first),
    ...newest.filter(({ connection }) => connection !== first),
  ];
  if (items.length === 0) {
    notify('information', vscode.l10n.t('Nothing was captured yet: open a page of the server first.'));
    return null;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `Spark: ${vscode.l10n.t('Follow Connection')}`,
    placeHolder: vscode.l10n.t('Which connection shall be followed?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.connection ?? null;
}

function itemOf(store: CaptureStore, { description }: StoredRun, connection: StoredConnection): Item {
  const { record } = connection;
  const [exchange] = store.newestExchanges(connection, 1);
  const state = connectionState(record.state);
  return {
    label: vscode.l10n.t('Connection {0} · from {1}', record.id, peerOf(connection)),
    description: labelText([state, description.serverName].join(' · ')),
    ...(exchange === undefined ? {} : { detail: labelText(`${exchange.method} ${exchange.target}`) }),
    connection: connectionKeyOf(description.id, record.id),
  };
}
