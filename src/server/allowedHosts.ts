/**
 * Which hosts a server answers for. A dot at the end of a name only says that nothing is to be added to it (RFC 1034
 * section 3.1): with and without, it is the same host. A page of another site can make its own name resolve to this machine (DNS
 * rebinding), and then read what is served as if it were its own: only the Host field tells.
 */
export class AllowedHosts {
  private readonly names = new Set<string>();
  /** The host that was last found allowed: mostly the next request is for the same one. */
  private lastAllowed: string | null = null;

  /** Names beside the loopback names; a port behind one is ignored, `*` stands for any. */
  constructor(names: readonly string[]) {
    this.add(names);
  }

  add(names: readonly string[]): void {
    for (const name of names) this.names.add(hostNameOf(name.trim().toLowerCase()));
  }

  /** `host` as in Request: lower case, without port, an IPv6 address in brackets. */
  has(host: string): boolean {
    if (host === this.lastAllowed) return true;
    const name = withoutLastDot(host);
    const allowed = isLoopbackName(name) || this.names.has('*') || this.names.has(name);
    if (allowed) this.lastAllowed = host;
    return allowed;
  }

  /**
   * Whether the host of `authority`, with or without a port, was allowed by its own name. A loopback name never counts: this
   * server's own may be among those allowed, but behind each port of it stands another program.
   */
  isNamed(authority: string): boolean {
    const host = hostNameOf(authority);
    return this.names.has(host) && !isLoopbackName(host);
  }
}

/** Names that no name server outside this machine answers for (RFC 6761 section 6.3), and loopback addresses. */
function isLoopbackName(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]') return true;
  const octets = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  return octets?.slice(1).every((octet) => Number(octet) <= 255) ?? false;
}

/** The host of an authority, as it is compared. */
function hostNameOf(authority: string): string {
  // More than one colon and no brackets: an IPv6 address as people write it.
  if (/^[0-9a-f:.]*:[0-9a-f.]*:[0-9a-f:.]*$/.test(authority)) return `[${authority}]`;
  return withoutLastDot(authority.replace(/:\d*$/, ''));
}

function withoutLastDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
