import * as vscode from 'vscode';
import { connectionKeyOf } from '../capture/followConnection.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import { isElement } from './connectionItems.ts';
import type { InspectorPanel } from './inspectorPanel.ts';
import { notify } from './notices.ts';

/** Connections to choose from: the newest of each server's life. */
const mostOffered = 200;

/** Shows both directions of the connection that the argument is about, or of the selected exchange; or asks which. */
export async function followConnection(
  store: CaptureStore,
  inspector: InspectorPanel,
  argument: unknown,
): Promise<void> {
  const connection = given(store, argument) ?? selected(store, inspector) ?? (await choose(store));
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

async function choose(store: CaptureStore): Promise<ConnectionKey | null> {
  const items = store
    .runs()
    .toReversed()
    .flatMap((run) =>
      run.newestConnections(mostOffered).map(({ record }) => ({
        label: `${record.peer.address}:${record.peer.port}`,
        description: `${record.id} · ${record.state} · ${run.description.serverName}`,
        connection: connectionKeyOf(run.description.id, record.id),
      })),
    );
  if (items.length === 0) {
    notify('information', vscode.l10n.t('Nothing was captured yet.'));
    return null;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `Spark: ${vscode.l10n.t('Follow Connection')}`,
    placeHolder: vscode.l10n.t('Which connection shall be followed?'),
  });
  return picked?.connection ?? null;
}
