import { visibleText } from '../http/visibleText.ts';
import type { MessageView } from './messageView.ts';

/** The value of the first field of a name (in lower case), escaped for display; empty where there is none. */
export function fieldValue(message: MessageView, name: string): string {
  for (const { kind, tokens } of message.lines) {
    if (kind !== 'field' || tokens.length < 2) continue;
    const [nameToken, value] = tokens;
    const found = visibleText(message.bytes.slice(nameToken.start, nameToken.end));
    if (found.toLowerCase() === name) return visibleText(message.bytes.slice(value.start, value.end, 256));
  }
  return '';
}
