import type { MessageFacts } from '../http/findings/exchangeFacts.ts';
import type { ExchangeDetail } from '../protocol/inspector.ts';

const proxyFields = ['via', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'];

/**
 * Whether a proxy in front has written the request anew: where it says so, or where its Host is for another port and
 * spelled as no browser does (code-server's proxy says nothing of itself). A tunnel lets bytes through as they are.
 */
export function isFromProxy(
  request: MessageFacts,
  { connection, local }: Pick<ExchangeDetail, 'connection' | 'local'>,
): boolean {
  if (proxyFields.some((name) => request.field(name) !== null)) return true;
  const host = request.field('host');
  if (host === null || host.name !== 'host') return false;
  const port = /:(\d+)$/.exec(host.value.trim())?.[1];
  return Number(port ?? (connection.tls === '' ? 80 : 443)) !== local.port;
}
