import { hostname, networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import { externalUrl } from './externalAddress.ts';
import { networkAddresses } from './networkAddresses.ts';
import { notify } from './notices.ts';
import { showAddresses } from './qrCodePanel.ts';
import { type Server, urlOf } from './server.ts';
import type { Servers } from './servers.ts';
import { pathOf } from './showPage.ts';

/**
 * Lets the local network reach a server until it stops or starts again: if the user agrees, it is restarted on all IPv4
 * addresses. For one that is shared already, its QR code is shown.
 */
export async function shareOnNetwork(server: Server, servers: Servers): Promise<void> {
  if (server.isShared) {
    await showQrCode(server, servers);
    return;
  }
  const addresses = networkAddresses(networkInterfaces());
  if (addresses.length === 0) {
    notify(
      'information',
      vscode.l10n.t(
        'This machine is in no network that it could be shared on. Connect it to one, and share again.',
      ),
    );
    return;
  }
  const share = vscode.l10n.t('Share');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Share {0} on the local network?', server.name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Everybody on the network can then read every file in {0}, until the server stops or starts again. Connections are not encrypted.',
        server.root,
      ),
    },
    share,
  );
  if (chosen !== share) return;
  await startAgain(server, servers, [...addresses, hostname()]);
  if (server.url !== null) await showQrCode(server, servers);
}

/** Restarts a shared server on the address of the settings; leaves any other server alone. */
export async function stopSharing(server: Server, servers: Servers): Promise<void> {
  if (server.isShared) await startAgain(server, servers);
}

/** Shows a server's addresses, each with its QR code; offers to share one that only this machine reaches. */
export async function showQrCode(server: Server, servers: Servers): Promise<void> {
  if (server.state.kind !== 'running') return;
  const { host, port, secure } = server.state;
  const page = pathOf(server);
  const isOpen =
    server.isShared || host === '0.0.0.0' || host === '::' || !/^(127\.|::1$|localhost$)/.test(host);
  if (isOpen) {
    const hosts = /^(0\.0\.0\.0|::)$/.test(host) ? networkAddresses(networkInterfaces()) : [host];
    showAddresses(
      server.name,
      hosts.map((one) => urlOf(one, port, secure) + page),
    );
    return;
  }
  const external = await externalUrl(server.url ?? '');
  if (!/^(127\.|\[::1\]|localhost)/.test(new URL(external).hostname)) {
    showAddresses(server.name, [external + page]);
    return;
  }
  // Only this machine reaches it: a QR code would be of no use.
  await shareOnNetwork(server, servers);
}

async function startAgain(server: Server, servers: Servers, sharedAs?: readonly string[]): Promise<void> {
  await server.stop();
  await servers.start(server.root, { again: true, sharedAs });
}
