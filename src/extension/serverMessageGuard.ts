import type { FromServer } from '../protocol/server.ts';

const levels: readonly unknown[] = ['debug', 'info', 'warning', 'error'];

/** Whether what came from the server's process is a message of the protocol; `unpackedBatch` checks a batch's columns. */
export function isFromServer(value: unknown): value is FromServer {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const message: Record<string, unknown> = { ...value };
  switch (message.type) {
    case 'debuggerAwaited':
      return typeof message.inspectorUrl === 'string' && isInspectorUrl(message.inspectorUrl);
    case 'listening':
      return (
        typeof message.host === 'string' &&
        isPort(message.port) &&
        typeof message.secure === 'boolean' &&
        Array.isArray(message.skippedPorts) &&
        message.skippedPorts.every(isPort)
      );
    case 'startFailed':
      return isStartFailure(message.reason) && typeof message.message === 'string';
    case 'batch':
      return typeof message.batch === 'object' && message.batch !== null;
    case 'log':
      return levels.includes(message.level) && typeof message.message === 'string';
    case 'stopping':
    case 'stopped':
      return true;
    default:
      return false;
  }
}

function isStartFailure(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const { kind, first, last, host, port, setting, model }: Record<string, unknown> = { ...value };
  switch (kind) {
    case 'portsTaken':
      return isPort(first) && isPort(last);
    case 'notPermitted':
      return typeof host === 'string' && isPort(port);
    case 'addressNotAvailable':
    case 'hostUnknown':
      return typeof host === 'string';
    case 'needsEventLoop':
      return typeof setting === 'string' && typeof model === 'string';
    case 'needsLibuv':
    case 'other':
      return true;
    default:
      return false;
  }
}

/** Whether the address, to which a debugger will be attached, is one of this machine. */
function isInspectorUrl(text: string): boolean {
  return /^ws:\/\/127\.0\.0\.1:\d{1,5}\/[\w-]+$/.test(text);
}

function isPort(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}
