import type { Request, Response } from '../../http/message.ts';
import type { RequestHandler } from '../../http/requestHandler.ts';
import { hostOf } from '../../http/upstreamRequest.ts';
import { uriText } from '../../http/uriText.ts';
import type { Violation } from '../../http/violation.ts';
import { errorResponse } from '../../site/errorPage.ts';

/**
 * Answers who speaks HTTP without TLS to a server of HTTPS: leads a browser to the right address, and tells everybody
 * else. Nothing of the site is given out.
 */
export class PlainHttpHandler implements RequestHandler {
  private readonly isAllowed: (host: string) => boolean;

  /** `isAllowed`: whether the server answers for a host; nobody is led to others. */
  constructor(isAllowed: (host: string) => boolean) {
    this.isAllowed = isAllowed;
  }

  admit(request: Request): Response {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || request.form !== 'origin' || request.host === '' || !this.isAllowed(request.host))
      return this.refusal();
    return errorResponse(
      307,
      'This server speaks HTTPS',
      'The same address with https at its beginning leads to the page.',
      [['Location', `https://${hostOf(request)}${uriText(request.target)}`]],
    );
  }

  wantsMessage(): boolean {
    return false;
  }

  respond(request: Request): Response {
    return this.admit(request);
  }

  refuse(_violation: Violation): Response {
    return this.refusal();
  }

  date(): number {
    return Date.now();
  }

  private refusal(): Response {
    return errorResponse(
      400,
      'This server speaks HTTPS',
      'The request came without TLS. Send it to the same address with https at its beginning, or turn spark.https (--https) off. A proxy in front has to speak HTTPS to this server.',
    );
  }
}
