/** Whether a page of another site is behind a request: to be asked before anything changes its state for it. */
import type { Request } from '../http/message.ts';
import type { AllowedHosts } from './allowedHosts.ts';

/** RFC 9110 section 9.2.1: whoever sends one of these asks for no change. */
const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** Whether the method asks for a change, of which another site's page must not be the cause (forged requests). */
export function changesState(method: string): boolean {
  return !safeMethods.includes(method);
}

/**
 * Whether a browser sent the request for a page that is not this server's own: neither of the origin that the request is
 * for, nor of a host that was allowed by name. A request without the fields that browsers add comes from no page.
 *
 * Origin: RFC 6454 section 7. Sec-Fetch-Site, which pages cannot forge: https://www.w3.org/TR/fetch-metadata/.
 */
export function comesFromElsewhere(request: Request, allowed: AllowedHosts): boolean {
  const site = request.field('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return false;
  const origin = request.field('origin');
  if (origin === undefined) return site !== undefined;
  // "null", of a sandboxed frame or a file, is nobody's.
  const page = /^https?:\/\/([^/@]+)$/.exec(origin.toLowerCase())?.[1];
  if (page === undefined) return true;
  return page !== ownAuthority(request) && !allowed.isNamed(page);
}

/** Host and port as the client wrote them: in the target, which overrules Host (RFC 9112 section 3.2.2), or in Host. */
function ownAuthority(request: Request): string {
  const inTarget = request.form === 'absolute' ? /^[^:]+:\/\/([^/?]+)/.exec(request.target)?.[1] : undefined;
  return (inTarget ?? request.field('host') ?? '').toLowerCase();
}
