import type { Forwarding } from '../http/forwarding.ts';
import type { Framing } from '../http/framing.ts';
import type { Request, Response } from '../http/message.ts';
import type { RequestHandler } from '../http/requestHandler.ts';
import { ruleSource, rules } from '../http/rules.ts';
import type { Violation } from '../http/violation.ts';
import type { EchoMode } from '../protocol/server.ts';
import { errorResponse } from '../site/errorPage.ts';
import { isServed, type Site } from '../site/site.ts';
import { AllowedHosts } from './allowedHosts.ts';
import type { LiveReload } from './live/liveReload.ts';
import type { Gateway } from './proxy/gateway.ts';
import { changesState, comesFromElsewhere } from './requestOrigin.ts';

/** Names that clients make up could fill a log. */
const loggedHosts = 20;

/** Answers for a site: checks who a request is for (DNS rebinding), echoes it if asked to, refuses what is malformed. */
export class SiteHandler implements RequestHandler {
  private readonly site: Site;
  private readonly live: LiveReload | null;
  private readonly proxy: Gateway | null;
  private readonly echo: EchoMode;
  private readonly allowed: AllowedHosts;
  private readonly log: (message: string) => void;
  private readonly refusedHosts = new Set<string>();

  constructor(options: {
    readonly site: Site;
    readonly live?: LiveReload | null;
    readonly proxy?: Gateway | null;
    readonly echo: EchoMode;
    readonly allowHosts: readonly string[];
    readonly log: (message: string) => void;
  }) {
    this.site = options.site;
    this.live = options.live ?? null;
    this.proxy = options.proxy ?? null;
    this.echo = options.echo;
    this.site.crossOrigin.anyMethod = options.echo !== 'off';
    this.allowed = new AllowedHosts(options.allowHosts);
    this.log = options.log;
  }

  /** Nothing that was looked up of files holds any more. */
  forget(): void {
    this.site.forget();
  }

  /** Allows further hosts, from the next request on. */
  allowHosts(hosts: readonly string[]): void {
    this.allowed.add(hosts);
  }

  /** Whether it answers requests for a host: lower case, without port. */
  answersFor(host: string): boolean {
    return this.allowed.has(host);
  }

  admit(request: Request): Response | null {
    // HTTP/1.0 knew no Host; without one, no page of another site can be behind the request.
    const nameless = request.host === '' && request.minorVersion === 0;
    if (!nameless && !this.allowed.has(request.host)) return this.hostRefusal(request.host);
    if (this.forwards(request)) {
      const mayForge = changesState(request.method) || this.proxy?.changesState(request) === true;
      if (mayForge && comesFromElsewhere(request, this.allowed)) return originRefusal();
      return this.proxy?.refusal(request) ?? null;
    }
    if (this.wantsMessage(request)) {
      const elsewhere = changesState(request.method) && comesFromElsewhere(request, this.allowed);
      return elsewhere && !this.site.crossOrigin.allows(request) ? originRefusal() : null;
    }
    return isServed(request.method) ? null : this.site.respond(request);
  }

  wantsMessage(request: Request): boolean {
    // A 2xx to CONNECT would open a tunnel (RFC 9110 section 9.3.6). The answer to TRACE would have to leave out what is
    // secret (section 9.3.8), which an echo does not.
    if (request.method === 'CONNECT' || request.method === 'TRACE') return false;
    switch (this.echo) {
      case 'off':
        return false;
      case 'unhandled':
        return !isServed(request.method);
      case 'all':
        return true;
    }
  }

  forward(request: Request, framing: Framing, client: string): Forwarding | null {
    return this.forwards(request) ? (this.proxy?.forward(request, framing, client) ?? null) : null;
  }

  /** What live reload needs is served here, whatever else is forwarded; and whoever wants echoes of all gets them. */
  private forwards(request: Request): boolean {
    if (this.proxy === null || this.echo === 'all' || this.live?.concerns(request)) return false;
    return this.proxy.concerns(request);
  }

  respond(request: Request, message: Uint8Array | null): Response {
    if (this.live?.concerns(request)) return this.live.respond(request);
    if (message === null) return this.site.respond(request);
    const { crossOrigin } = this.site;
    return crossOrigin.none ? echoed(message) : crossOrigin.addedTo(echoed(message), request);
  }

  refuse(violation: Violation): Response {
    const rule = rules[violation.rule];
    const status = rule.status === 0 ? 400 : rule.status;
    return errorResponse(
      status,
      'The request was refused',
      `${rule.sentence} The byte at offset ${violation.offset} of the request is the first that breaks ${ruleSource(rule).name}. Correct it there and send the request again.`,
    );
  }

  date(): number {
    return Date.now();
  }

  turnBegan(): void {
    this.site.turnBegan();
  }

  turnEnded(): void {
    this.site.turnEnded();
  }

  private hostRefusal(host: string): Response {
    if (!this.refusedHosts.has(host) && this.refusedHosts.size < loggedHosts) {
      this.refusedHosts.add(host);
      this.log(
        `Refused a request for the host ${JSON.stringify(host)}. Allow it with spark.allowedHosts (--allow-host).`,
      );
    }
    return errorResponse(
      403,
      'This host name is not allowed',
      `The request is for "${host}", and this server answers for local names only, so that no other web site can read its files through the browser. To allow the name, add it to the setting spark.allowedHosts in VS Code and start the server again, or start it with --allow-host ${host}. In VS Code, the preview's own address is allowed by itself.`,
    );
  }
}

function originRefusal(): Response {
  return errorResponse(
    403,
    'This request comes from another site',
    'Only pages of this server may send requests that ask for a change, so that no other web site can send them through the browser. Send it from a page that this server serves, or from a program; or allow the name of the site, with the setting spark.allowedHosts in VS Code or with --allow-host.',
  );
}

/** The request as it came (RFC 9112 section 10.1). */
function echoed(message: Uint8Array): Response {
  return {
    status: 200,
    fields: [
      ['Content-Type', 'message/http'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
    ],
    body: [message],
  };
}
