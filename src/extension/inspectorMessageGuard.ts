import type { FromInspector } from '../protocol/inspector.ts';

/** Whether what came from the inspector's page is a message of the protocol. */
export function isFromInspector(value: unknown): value is FromInspector {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const message: Record<string, unknown> = { ...value };
  switch (message.type) {
    case 'ready':
    case 'clear':
    case 'startServer':
      return true;
    case 'rows':
      return isIndex(message.start) && isIndex(message.end);
    case 'openLink':
      return typeof message.url === 'string';
    case 'decompress':
      return (
        isIndex(message.number) &&
        (message.coding === 'br' || message.coding === 'zstd') &&
        message.bytes instanceof Uint8Array
      );
    case 'select':
      return message.exchange === null || typeof message.exchange === 'string';
    default:
      return false;
  }
}

function isIndex(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
