import type { ServerSettings, StartFailure } from '../protocol/server.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import { ModelNeedError } from './modelNeeds.ts';

export const highestPort = 65_535;

/** What `startServer` rejected with, for whoever has to put it into words. */
export function startFailureOf(
  error: unknown,
  { host, port, furtherPorts }: Pick<ServerSettings, 'host' | 'port' | 'furtherPorts'>,
): StartFailure {
  if (error instanceof ModelNeedError) return error.failure;
  switch (error instanceof SystemCallError ? error.code : '') {
    case 'EADDRINUSE':
      return { kind: 'portsTaken', first: port, last: Math.min(port + furtherPorts, highestPort) };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'notPermitted', host, port };
    case 'EADDRNOTAVAIL':
      return { kind: 'addressNotAvailable', host };
    case 'ENOTFOUND':
      return { kind: 'hostUnknown', host };
    default:
      return { kind: 'other' };
  }
}
