/** Error pages for requests that could not be forwarded, or were not answered. */
import type { Request as HttpRequest, Response } from '../../http/message.ts';
import { errorResponse } from '../../site/errorPage.ts';
import { shown } from '../../site/refusals.ts';
import type { Upstream } from './routes.ts';

/** What a page says of a request. */
type Request = Pick<HttpRequest, 'method' | 'path'>;

const shownPrefix = (prefix: string): string => `the setting spark.proxy (--proxy) for ${prefix}`;

const advice = 'See whether that server runs and what its log says, or correct its address in the setting.';

/** A line of the log; it names no path, which may hold a secret. `problem`: what happened there, in a sentence. */
export function forwardingProblem({ origin, prefix }: Upstream, problem: string): string {
  return `What ${shownPrefix(prefix)} forwards to ${origin} fails. ${problem} ${advice}`;
}

/** `problem`: what happened there, in a sentence. */
export function badGateway(request: Request, { origin, prefix }: Upstream, problem: string): Response {
  return errorResponse(
    502,
    'The other server did not answer as it should',
    `${request.method} ${shown(request)} was forwarded to ${origin}, as ${shownPrefix(prefix)} says. ${problem} ${advice}`,
  );
}

/** `connected`: whether the upstream server had accepted the connection. */
export function gatewayTimeout(
  request: Request,
  { origin, prefix }: Upstream,
  seconds: number,
  connected: boolean,
): Response {
  const forwarded = `${request.method} ${shown(request)} was forwarded to ${origin}, as ${shownPrefix(prefix)} says, and`;
  return errorResponse(
    504,
    'The other server takes too long',
    connected
      ? `${forwarded} no answer began within ${seconds} seconds. Look at what that server is doing, or set spark.limits.upstreamSeconds (--upstream-timeout) higher.`
      : `${forwarded} nobody took the connection within ${seconds} seconds. See whether that machine can be reached from here, or correct its address in the setting.`,
  );
}

/** The path has dot segments, which may lead out of the prefix. */
export function leadsOut(request: Request, { prefix }: Upstream): Response {
  return errorResponse(
    400,
    'The address leads out of what is forwarded',
    `${shown(request)} has a "." or ".." in it, and only what is below ${prefix} is forwarded. Write the path without them.`,
  );
}

/** The request has come through this server before. */
export function loop(request: Request, { origin, prefix }: Upstream): Response {
  return errorResponse(
    508,
    'This server forwards to itself',
    `${request.method} ${shown(request)} has come through this server before. Correct ${shownPrefix(prefix)}: ${origin} leads back here.`,
  );
}
