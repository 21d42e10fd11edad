import { randomBytes } from 'node:crypto';
import type { Forwarding } from '../../http/forwarding.ts';
import type { Framing } from '../../http/framing.ts';
import { listElements } from '../../http/hopByHop.ts';
import type { Limits } from '../../http/limits.ts';
import type { Request, Response } from '../../http/message.ts';
import { asksForWebSocket, hostOf, upstreamHead } from '../../http/upstreamRequest.ts';
import type { ProxySettings } from '../../protocol/server.ts';
import { badGateway, forwardingProblem, gatewayTimeout, leadsOut, loop } from './proxyPages.ts';
import { forwardedTarget, Routes, type Upstream } from './routes.ts';
import { UpstreamExchange } from './upstreamExchange.ts';

/** Forwards what the settings name to other servers, and to these only: it is a gateway, never an open proxy. */
export class Gateway {
  private readonly routes: Routes;
  private readonly changeOrigin: boolean;
  private readonly limits: Limits;
  private readonly scheme: 'http' | 'https';
  /** Another one for each server, so that one that forwards to itself is told from one that forwards to another. */
  private readonly pseudonym = `spark-${randomBytes(4).toString('hex')}`;

  private readonly log: (problem: string) => void;
  /** The last problem of each server, until it answers again: a page that asks every second is logged once. */
  private readonly problems = new Map<string, string>();

  /** `scheme`: how clients speak to this server. */
  constructor(
    { routes, changeOrigin }: ProxySettings,
    limits: Limits,
    scheme: 'http' | 'https',
    log: (problem: string) => void,
  ) {
    this.log = log;
    this.routes = new Routes(routes);
    this.changeOrigin = changeOrigin;
    this.limits = limits;
    this.scheme = scheme;
  }

  /** Whether it answers a request. */
  concerns(request: Request): boolean {
    return this.routes.find(request) !== null;
  }

  /** Whether what is asked for is more than the method says: a WebSocket goes both ways, and is not bound by CORS. */
  changesState(request: Request): boolean {
    return asksForWebSocket(request);
  }

  /** Why a request cannot be forwarded; null where it can. */
  refusal(request: Request): Response | null {
    const upstream = this.routes.find(request);
    if (upstream === null) return null;
    if (forwardedTarget(upstream, request) === null) return leadsOut(request, upstream);
    const passed = listElements(request.fields(), 'via').some((hop) => hop.endsWith(` ${this.pseudonym}`));
    return passed ? loop(request, upstream) : null;
  }

  /** `framing`: of the request's content; `client`: the client's address. Null where it is not to be forwarded. */
  forward(request: Request, framing: Framing, client: string): Forwarding | null {
    const upstream = this.routes.find(request);
    const target = upstream === null ? null : forwardedTarget(upstream, request);
    if (upstream === null || target === null) return null;
    const { method, path } = request;
    const head = upstreamHead(request, framing, {
      target,
      host: this.hostFor(upstream, request),
      scheme: this.scheme,
      client,
      pseudonym: this.pseudonym,
    });
    // The request is a view of bytes that may be gone by the time that a page is made for it.
    const asked = { method, path };
    const { limits } = this;
    return new UpstreamExchange(
      {
        upstream,
        method,
        target,
        head,
        chunked: framing.kind === 'chunked',
        upgrades: asksForWebSocket(request),
        takesTrailers: listElements(request.fields(), 'te').includes('trailers'),
      },
      limits,
      {
        failed: (problem) => badGateway(asked, upstream, problem),
        timeout: (connected) => gatewayTimeout(asked, upstream, limits.upstreamTime / 1000, connected),
        ended: (problem) => this.ended(upstream, problem),
      },
    );
  }

  private ended(upstream: Upstream, problem: string): void {
    if (problem === '') this.problems.delete(upstream.origin);
    else if (this.problems.get(upstream.origin) !== problem) {
      this.problems.set(upstream.origin, problem);
      this.log(forwardingProblem(upstream, problem));
    }
  }

  private hostFor({ authority }: Upstream, request: Request): string {
    const host = this.changeOrigin ? '' : hostOf(request);
    return host === '' ? authority : host;
  }
}
