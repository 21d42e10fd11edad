import { lookup } from 'node:dns/promises';
import { SystemCallError } from './systemCallError.ts';
import type { Descriptor, SystemCalls } from './systemCalls.ts';
import { defaultBacklog, type ListenOptions, type SocketAddress } from './transport.ts';

/**
 * Opens a socket and makes it listen: from here on, the kernel completes connections to it, which wait to be accepted.
 * The caller owns the descriptor. Rejects with SystemCallError, and leaves nothing open.
 */
export async function openListeningSocket(calls: SystemCalls, options: ListenOptions): Promise<Descriptor> {
  const { address, isIPv6 } = await numericAddress(options);
  const listener = calls.socket(isIPv6 ? 'AF_INET6' : 'AF_INET');
  try {
    // A port that was in use a moment ago can be taken again; but not from another program, as it could on Windows.
    calls.setsockopt(listener, calls.platform.name === 'win32' ? 'SO_EXCLUSIVEADDRUSE' : 'SO_REUSEADDR', 1);
    calls.bind(listener, address);
    calls.listen(listener, options.backlog ?? defaultBacklog);
    return listener;
  } catch (error) {
    calls.close(listener);
    throw error;
  }
}

/** Where a client has connected to: where its listener is bound, unless that listens everywhere. */
export function addressOfAccepted(
  calls: SystemCalls,
  accepted: Descriptor,
  listener: SocketAddress,
): SocketAddress {
  if (listener.address !== '0.0.0.0' && listener.address !== '::') return listener;
  try {
    return calls.getsockname(accepted);
  } catch (error) {
    // macOS, EINVAL: the client has left already, which the next read tells of.
    if (error instanceof SystemCallError) return listener;
    throw error;
  }
}

async function numericAddress({
  host,
  port,
}: ListenOptions): Promise<{ address: SocketAddress; isIPv6: boolean }> {
  try {
    const { address, family } = await lookup(host);
    return { address: { address, port }, isIPv6: family === 6 };
  } catch (error) {
    const { code = '', errno = 0 } = error as NodeJS.ErrnoException;
    throw new SystemCallError('getaddrinfo', code, Math.abs(errno), host);
  }
}
