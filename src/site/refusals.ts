/** Error pages and redirects of a site. */
import type { Request, Response } from '../http/message.ts';
import { isRegisteredMethod } from '../http/methods.ts';
import { uriText } from '../http/uriText.ts';
import { errorResponse } from './errorPage.ts';
import type { PathRefusal } from './targetPath.ts';

export const servedMethods = ['GET', 'HEAD', 'OPTIONS'];
export const allow: readonly [string, string] = ['Allow', servedMethods.join(', ')];
const shownPathLength = 200;

/** The path of a request as pages and log lines show it. */
export function shown({ path }: Pick<Request, 'path'>): string {
  return path.length > shownPathLength ? `${path.slice(0, shownPathLength)}…` : path;
}

export function missing(request: Request): Response {
  return errorResponse(
    404,
    'There is no such file',
    `The served folder has no ${shown(request)}. Check the spelling, upper and lower case included.`,
  );
}

export function withoutIndex(request: Request): Response {
  return errorResponse(
    404,
    'This folder has no index.html',
    `${shown(request)} is a folder. Add an index.html to it, ask for one of its files by name, or turn listings on.`,
  );
}

/** Relative, so that it holds behind a proxy that has another name or port; the query is kept. */
export function folderRedirect(names: readonly string[], query: string | null): Response {
  const name = encodeURIComponent(names[names.length - 1] ?? '');
  const location = `${name}/${query === null ? '' : `?${uriText(query)}`}`;
  return errorResponse(301, 'This is a folder', 'The address of a folder ends in a slash.', [
    ['Location', location],
  ]);
}

export function outside(request: Request): Response {
  return errorResponse(
    403,
    'This link leads out of the served folder',
    `${shown(request)} goes through a symbolic link to a place outside the served folder. Copy what it points to into the folder, or serve a folder that holds both.`,
  );
}

export function special(request: Request): Response {
  return errorResponse(
    403,
    'This is not a file',
    `${shown(request)} is a pipe, a socket or a device. Only files are served.`,
  );
}

/** `code`: the errno name. */
export function unreadable(request: Request, code: string): Response {
  return errorResponse(
    403,
    'This may not be read',
    `${shown(request)} is there, but its permissions do not let the server read it (${code}). Change them and load the page again.`,
  );
}

export function rootGone(): Response {
  return errorResponse(
    404,
    'The served folder is gone',
    'The folder that this server serves was moved, renamed or deleted. Put it back, or stop the server and serve another folder.',
  );
}

export function busy(): Response {
  return errorResponse(
    503,
    'Too many files are open',
    'The server cannot open another file while it sends so many. Try again in a moment, or close other connections to it.',
    [['Retry-After', '1']],
  );
}

export function beingWritten(): Response {
  return errorResponse(
    503,
    'This file is being written',
    'It changes faster than it can be read: no version of it could be sent whole. Try again in a moment.',
    [['Retry-After', '1']],
  );
}

export function unexpected(): Response {
  return errorResponse(
    500,
    'Something went wrong here',
    'The file could not be sent because of an unexpected error. The log of the server says which; try again after a look at it.',
  );
}

export function methodRefusal(method: string): Response {
  if (isRegisteredMethod(method)) {
    return errorResponse(
      405,
      `${method} is not for files`,
      'This server serves the files of a folder, and answers GET, HEAD and OPTIONS only. To see what a form or a script sends, turn echo on.',
      [allow],
    );
  }
  return errorResponse(
    501,
    'Unknown method',
    'The method of this request is not one that the server knows. It answers GET, HEAD and OPTIONS.',
  );
}

export function pathRefusal(refusal: PathRefusal, request: Request): Response {
  switch (refusal) {
    case 'malformed':
      return errorResponse(
        400,
        'The address is malformed',
        'It holds a "%" without two hexadecimal digits after it, or an encoded zero byte. Write "%25" for a percent sign.',
      );
    case 'separator':
      return errorResponse(
        400,
        'The address hides a separator',
        'It holds a backslash, or an encoded slash or backslash. Write "/" between the names of folders and files.',
      );
    case 'above-root':
      return errorResponse(
        400,
        'The address leads out of the served folder',
        'It has more ".." than folders to leave. Only what lies in the served folder is served.',
      );
    case 'no-such-name':
      return missing(request);
  }
}
