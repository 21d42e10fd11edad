import * as vscode from 'vscode';

/**
 * The URL, with a final slash, by which the user's machine reaches a server of this machine: a tunnel or a proxy may lie
 * between. It must not be kept, since a tunnel can change.
 *
 * @param url of the server on this machine, without path
 */
export async function externalUrl(url: string): Promise<string> {
  const external = await vscode.env.asExternalUri(vscode.Uri.parse(url));
  // Only the authority and the prefix are used: the answer may lack the path of what was asked for.
  return `${external.scheme}://${external.authority}${external.path.replace(/\/*$/, '/')}`;
}

/**
 * Opens a page in the browser of the user's machine.
 *
 * @param url of the server on this machine, with a final slash
 * @param page its path, without the first slash
 */
export async function openInBrowser(url: string, page: string): Promise<void> {
  const address = isBehindProxy(url, await externalUrl(url)) ? pastProxy(url) : url;
  await vscode.env.openExternal(vscode.Uri.parse(address + page, true));
}

/**
 * Whether an HTTPS server is reached through something other than a plain tunnel: the external URL has another scheme, a
 * prefix or the name of another machine.
 */
export function isBehindProxy(url: string, external: string): boolean {
  if (!url.startsWith('https:')) return false;
  const { protocol, hostname, pathname } = new URL(external);
  const isHere = hostname === new URL(url).hostname || /^(?:localhost|127\.|\[::1\])/.test(hostname);
  return protocol !== 'https:' || pathname !== '/' || !isHere;
}

/**
 * The same address, but not one that a workbench in the browser leads through its proxy: a browser reads 127.1 as
 * 127.0.0.1 (inet_aton(3), and the URL Standard after it), the workbench does not. So a server is reached from a browser
 * on its own machine.
 */
function pastProxy(url: string): string {
  return url.replace(/\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?=[:/])/, '//127.1');
}

/** The host name by which the user's machine knows a server: requests for it have to be answered. */
export function hostNameOf(url: string): string {
  return new URL(url).hostname;
}

/** A file's path below a folder as a URL's path, without the first slash. */
export function urlPath(relativePath: string): string {
  return relativePath.split('/').map(encodeURIComponent).join('/');
}
