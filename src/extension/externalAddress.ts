import * as vscode from 'vscode';

/**
 * How the user's machine reaches a server of this machine, with a final slash: a tunnel or a proxy may lie between.
 * To be asked for anew each time, since a tunnel can change.
 *
 * @param url of the server on this machine, without path
 */
export async function externalUrl(url: string): Promise<string> {
  const external = await vscode.env.asExternalUri(vscode.Uri.parse(url));
  // Of the answer, only authority and prefix can be relied on: a path given may be dropped.
  return `${external.scheme}://${external.authority}${external.path.replace(/\/*$/, '/')}`;
}

/** The names that the user's machine has for a server: requests for them are to be answered. */
export function hostNameOf(url: string): string {
  return new URL(url).hostname;
}

/** A file's path below a folder as a URL's path, without the first slash. */
export function urlPath(relativePath: string): string {
  return relativePath.split('/').map(encodeURIComponent).join('/');
}
