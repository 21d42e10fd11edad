/** The addresses that stand for all of a machine's own. */
const allAddresses: readonly string[] = ['0.0.0.0', '[::]'];

/**
 * Which hosts a server answers for. A page of another site can make its own name resolve to this machine (DNS
 * rebinding), and then read what is served as if it were its own: only the Host field tells. A dot at the end of a name
 * says that the name is complete (RFC 1034 section 3.1): with and without it, it is the same host.
 */
export class AllowedHosts {
  private readonly names = new Set<string>();
  /** The host that was last found allowed: mostly the next request is for the same one. */
  private lastAllowed: string | null = null;

  /**
   * Names beside the loopback names; a port behind one is ignored, `*` stands for any. `0.0.0.0` and `::` stand for any
   * address, for who listens on all: an address is safe, since no name server has a say in it.
   */
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
    const allowed =
      isLoopbackName(name) ||
      this.names.has('*') ||
      this.names.has(name) ||
      (isAddress(name) && allAddresses.some((address) => this.names.has(address)));
    if (allowed) this.lastAllowed = host;
    return allowed;
  }

  /**
   * Whether the host of `authority`, with or without a port, was allowed by its own name. A loopback name never counts, nor
   * an address that stands for all: this server's own may be among those allowed, but behind each port of it stands
   * another program.
   */
  isNamed(authority: string): boolean {
    const host = hostNameOf(authority);
    return this.names.has(host) && !isLoopbackName(host) && !allAddresses.includes(host);
  }
}

/** Names that no name server outside this machine answers for (RFC 6761 section 6.3), and loopback addresses. */
function isLoopbackName(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]') return true;
  return host.startsWith('127.') && isAddress(host);
}

function isAddress(host: string): boolean {
  if (host.startsWith('[')) return true;
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  return octets?.slice(1).every((octet) => Number(octet) <= 255) ?? false;
}

/** The host of an authority, as it is compared. */
function hostNameOf(authority: string): string {
  // More than one colon and no brackets: an IPv6 address as people write it.
  // Clients choose the text: only the last part may hold further colons, or long ones would be tried in many ways.
  if (/^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*$/.test(authority)) return `[${authority}]`;
  return withoutLastDot(authority.replace(/:\d*$/, ''));
}

function withoutLastDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
