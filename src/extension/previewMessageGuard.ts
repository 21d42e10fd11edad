import type { ConsoleEntry } from '../protocol/live.ts';
import type { FromPreview } from '../protocol/preview.ts';

const levels: readonly unknown[] = ['debug', 'info', 'warning', 'error'];

/** Whether it is a message of the protocol. The panel's page passes on what framed pages say, which can be anything. */
export function isFromPreview(value: unknown): value is FromPreview {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'startServer':
    case 'showConsole':
      return true;
    case 'openInBrowser':
      return 'address' in value && typeof value.address === 'string';
    case 'title':
      return 'title' in value && typeof value.title === 'string';
    case 'console':
      return 'entry' in value && isConsoleEntry(value.entry);
    default:
      return false;
  }
}

function isConsoleEntry(value: unknown): value is ConsoleEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { level, text, source } = value as Record<keyof ConsoleEntry, unknown>;
  return levels.includes(level) && typeof text === 'string' && typeof source === 'string';
}
