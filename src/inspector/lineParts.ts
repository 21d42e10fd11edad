/** What a line of a message is made of, and what it means: the rows below it. */
import {
  cookiesOf,
  directivesOf,
  explainCookieAttribute,
  type Pair,
  setCookieOf,
} from '../http/content/cookies.ts';
import { parametersOf, percentDecoded, targetParts } from '../http/content/query.ts';
import type { Part } from '../http/content/range.ts';
import type { Span } from '../http/dissect.ts';
import {
  type Explanation,
  explainField,
  explainMethod,
  explainStatus,
} from '../http/explanations/explanation.ts';
import { visibleText } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { MeaningLine } from './meaning.ts';
import type { MessageView } from './messageView.ts';
import { type PartRow, partRow, text } from './partRow.ts';

/** Parts of one line that are shown. */
const mostParts = 500;
/** Bytes of one part that are shown. */
const mostOfPart = 2048;
const level = 3;

/** The explanation of a line: of its method, status code or field; null where nobody has written one. */
export function explanationOf(message: MessageView, line: MeaningLine): Explanation | null {
  const [first] = line.tokens;
  if (first === undefined) return null;
  const shown = shownText(message, first);
  if (line.kind === 'field' || line.kind === 'trailer') return explainField(shown);
  if (line.kind !== 'start-line') return null;
  if (message.direction === 'received') return explainMethod(shown);
  const status = line.tokens.find(({ name }) => name === 'status-code');
  return status === undefined ? null : explainStatus(Number(shownText(message, status)));
}

/** Whether a line is shown with its parts until the user closes it: where they say more than the line does. */
export function opensByItself(message: MessageView, line: MeaningLine): boolean {
  if (line.kind === 'start-line') {
    const target = line.tokens.find(({ name }) => name === 'request-target');
    return target !== undefined && /[?%]/.test(shownText(message, target));
  }
  return (
    line.kind === 'field' &&
    pairsOf(message, line, fieldName(message, line)) !== null &&
    isCookie(message, line)
  );
}

/** The rows below a start line or a field. */
export function lineParts(message: MessageView, line: MeaningLine): PartRow[] {
  const key = `${message.direction} ${line.start}`;
  switch (line.kind) {
    case 'start-line':
      return [...targetRows(key, message, line), ...explanationRows(key, explanationOf(message, line))];
    case 'field':
    case 'trailer': {
      const name = fieldName(message, line);
      const rows = pairRows(key, message, pairsOf(message, line, name) ?? [], name);
      return [...explanationRows(key, explanationOf(message, line), name), ...rows];
    }
    default:
      return [];
  }
}

function explanationRows(key: string, explanation: Explanation | null, name = ''): PartRow[] {
  if (explanation !== null) {
    const { sentence, links, definedIn } = explanation;
    const remark = links.some((link) => link.name === definedIn) ? sentence : `${sentence} (${definedIn})`;
    return [partRow(`${key} meaning`, level, { remark, links })];
  }
  return name === ''
    ? []
    : [
        partRow(`${key} meaning`, level, {
          remark: l10n.t('Not a registered field: only those who use it know what it means.'),
        }),
      ];
}

function targetRows(key: string, message: MessageView, line: MeaningLine): PartRow[] {
  const target = line.tokens.find(({ name }) => name === 'request-target');
  if (target === undefined) return [];
  const bytes = sliceOf(message, target);
  const { authority, path, query } = targetParts(bytes, 0, bytes.length);
  const at = (part: Part): Part => ({ start: target.start + part.start, end: target.start + part.end });
  const rows: PartRow[] = [];
  const add = (name: string, part: Part, decode: boolean) => {
    const raw = bytes.subarray(part.start, part.end);
    const decoded = decode ? visibleText(percentDecoded(raw, false)) : '';
    const shown = visibleText(raw.subarray(0, mostOfPart));
    rows.push(
      partRow(`${key} ${name}`, level, {
        place: at(part),
        remark: decoded !== '' && decoded !== shown ? l10n.t('{0}, decoded: {1}', name, decoded) : name,
        texts: [text(shown, 'target', at(part))],
      }),
    );
  };
  if (authority !== null) add(l10n.t('scheme and host'), authority, false);
  if (path.end > path.start) add(l10n.t('path'), path, true);
  if (query === null) return rows;
  for (const { start, end, name, value } of parametersOf(bytes, query.start, query.end, mostParts)) {
    rows.push(
      partRow(`${key} ${start}`, level, {
        place: at({ start, end }),
        remark: l10n.t('query parameter'),
        texts: [
          text(decodedText(bytes, name), 'name', at(name)),
          ...(value === null ? [] : [text(decodedText(bytes, value), 'value', at(value))]),
        ],
      }),
    );
  }
  return rows;
}

function pairRows(key: string, message: MessageView, pairs: readonly Pair[], field: string): PartRow[] {
  return pairs.slice(0, mostParts).map(({ start, end, name, value }, index) => {
    const shown = (part: Part) => visibleText(message.bytes.slice(part.start, part.end, mostOfPart));
    const isAttribute = field === 'set-cookie' && index > 0;
    return partRow(`${key} ${start}`, level, {
      place: { start, end },
      remark: isAttribute ? explainCookieAttribute(shown(name)) : '',
      texts: [
        text(shown(name), 'name', name),
        ...(value === null ? [] : [text(shown(value), 'value', value)]),
      ],
    });
  });
}

/** Fields whose value is a list, and worth taking apart where it has more than one element. */
const lists: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'allow',
  'cache-control',
  'connection',
  'content-encoding',
  'if-none-match',
  'transfer-encoding',
  'vary',
  'via',
  'x-forwarded-for',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-request-headers',
]);

/** The parts of a field's value, with their places in the message; null where it is one thing. */
function pairsOf(message: MessageView, line: MeaningLine, field: string): Pair[] | null {
  const value = line.tokens[1];
  if (value === undefined) return null;
  const bytes = sliceOf(message, value);
  const pairs = partsOf(field, bytes);
  if (pairs === null) return null;
  const moved = (part: Part): Part => ({ start: value.start + part.start, end: value.start + part.end });
  return pairs.map((pair) => ({
    ...moved(pair),
    name: moved(pair.name),
    value: pair.value === null ? null : moved(pair.value),
  }));
}

function partsOf(field: string, bytes: Uint8Array): Pair[] | null {
  if (field === 'cookie') return cookiesOf(bytes, 0, bytes.length);
  if (field === 'set-cookie') {
    const { cookie, attributes } = setCookieOf(bytes, 0, bytes.length);
    return cookie === null ? null : [cookie, ...attributes];
  }
  if (field === 'content-type' || field === 'content-disposition') {
    const parts = cookiesOf(bytes, 0, bytes.length);
    return parts.length > 1 ? parts : null;
  }
  if (!lists.has(field)) return null;
  const elements = directivesOf(bytes, 0, bytes.length);
  return elements.length > 1 || elements[0]?.value ? elements : null;
}

function isCookie(message: MessageView, line: MeaningLine): boolean {
  return ['cookie', 'set-cookie'].includes(fieldName(message, line));
}

function fieldName(message: MessageView, line: MeaningLine): string {
  return line.tokens.length === 0 ? '' : shownText(message, line.tokens[0]).toLowerCase();
}

function decodedText(bytes: Uint8Array, { start, end }: Part): string {
  return visibleText(percentDecoded(bytes.subarray(start, Math.min(end, start + mostOfPart)), true));
}

function shownText(message: MessageView, { start, end }: Span): string {
  return visibleText(message.bytes.slice(start, end, mostOfPart));
}

function sliceOf(message: MessageView, { start, end }: Span): Uint8Array {
  return message.bytes.slice(start, end, 64 * 1024);
}
