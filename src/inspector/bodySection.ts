/** A body as it is shown: what is known of it, the choices of how to see it, and its rows. */
import type { Span } from '../http/dissect.ts';
import { visibleText } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import type { Decompressed } from '../protocol/inspector.ts';
import { type BodyContent, bodyContent, decompressedContent } from './bodyContent.ts';
import { contentRows, kindOf, moreRow, shownRows } from './bodyRows.ts';
import { counted } from './format.ts';
import type { MeaningLine } from './meaning.ts';
import type { MessageView } from './messageView.ts';
import {
  type Action,
  type BodyChoice,
  type BodyFormat,
  type BodySource,
  type PartRow,
  partRow,
  text,
} from './partRow.ts';
import { firstEndingAfter } from './spanIndex.ts';

/** What the user chose to see of one exchange. Another one starts again from `noChoices`. */
export interface Choices {
  /** Keys of rows that the user has switched from open to closed or the other way. */
  readonly toggled: ReadonlySet<string>;
  /** How often the user asked for more rows, by the key of what they belong to. */
  readonly more: ReadonlyMap<string, number>;
  readonly source: ReadonlyMap<Direction, BodySource>;
  readonly format: ReadonlyMap<Direction, BodyFormat>;
}

/** The user has chosen nothing yet. */
export const noChoices: Choices = {
  toggled: new Set(),
  more: new Map(),
  source: new Map(),
  format: new Map(),
};

/** The result of undoing a content coding, once it is there; null before it was asked for. */
export type Decompression = Decompressed | 'waiting' | null;

export interface BodySection {
  /** Size, type, codings and the like, in words. */
  readonly facts: readonly string[];
  /** The ways to see it, as buttons. */
  readonly actions: readonly Action[];
  readonly rows: readonly PartRow[];
}

/** Bytes of a body that are taken apart, at most. */
const mostTakenApart = 1024 * 1024;
/** Bytes of a picture, or of compressed data, at most. */
const mostPicture = 16 * 1024 * 1024;
/** Bytes of a chunk that its row shows, at most. */
const chunkPreview = 80;
const level = 3;

/** The source that the user chose; else the one that says most. */
export function sourceOf(message: MessageView, choices: Choices, content: BodyContent): BodySource {
  const chosen = choices.source.get(message.direction);
  if (chosen !== undefined) return chosen;
  return content.codings.length > 0 ? 'decompressed' : 'joined';
}

/** The body of a message; `line` is its line of the kind `body`, with a token for each piece of data. */
export function bodySection(
  message: MessageView,
  line: MeaningLine,
  choices: Choices,
  decompression: Decompression,
): BodySection {
  const sent = contentOf(message, line.tokens);
  const chunked = line.tokens.some(({ name }) => name === 'chunk-data');
  const source = sourceOf(message, choices, sent);
  const content = source === 'decompressed' ? decompressed(sent, decompression) : sent;
  const format = choices.format.get(message.direction) ?? 'parts';
  const key = `${message.direction} body ${source}`;
  const actions = [...sourceActions(source, chunked, sent), ...formatActions(source, format, content)];
  const facts = factsOf(message, line, sent, chunked);
  if (source === 'wire') return { facts, actions, rows: chunkRows(message, line, choices) };
  if (content === null)
    return { facts, actions, rows: [partRow(key, level, { remark: stateOf(decompression) })] };
  const rows = [
    ...contentRows(content, { key, level, format, more: choices.more, toggled: choices.toggled }),
  ];
  const remark = source === 'decompressed' ? decompressedRemark(content, sent, decompression) : '';
  if (remark !== '') rows.unshift(partRow(`${key} size`, level, { remark }));
  return { facts, actions, rows };
}

/** The data of a body: the whole of a picture or of compressed data, the beginning of anything else, within limits. */
export function contentOf(message: MessageView, data: readonly Span[]): BodyContent {
  const content = bodyContent(message, data, mostTakenApart);
  return kindOf(content) === 'image' || content.codings.length > 0
    ? bodyContent(message, data, mostPicture)
    : content;
}

function factsOf(message: MessageView, line: MeaningLine, content: BodyContent, chunked: boolean): string[] {
  const facts = [counted(content.length, 'byte')];
  if (content.type.type !== '') facts.push(visibleType(content));
  if (content.codings.length > 0) facts.push(content.codings.join(', '));
  if (chunked) facts.push(counted(line.tokens.length, 'chunk'));
  const missing = line.tokens.reduce((sum, { start, end }) => sum + message.bytes.missing(start, end), 0);
  if (missing > 0) facts.push(l10n.t('{0} not kept', counted(missing, 'byte')));
  return facts;
}

function visibleType({ type }: BodyContent): string {
  return visibleText(new TextEncoder().encode(type.type));
}

function sourceActions(source: BodySource, chunked: boolean, content: BodyContent): Action[] {
  const encoded = content.codings.length > 0;
  if (!chunked && !encoded) return [];
  const action = (label: string, value: BodySource): Action => ({
    label,
    pressed: source === value,
    does: { kind: 'source', source: value },
  });
  return [
    ...(chunked ? [action(l10n.t('Chunks'), 'wire')] : []),
    action(chunked ? l10n.t('De-chunked') : l10n.t('As sent'), 'joined'),
    ...(encoded ? [action(l10n.t('Decompressed'), 'decompressed')] : []),
  ];
}

const partsLabels = {
  json: l10n.t('Tree'),
  form: l10n.t('Fields'),
  multipart: l10n.t('Parts'),
  image: l10n.t('Picture'),
} as const;

function formatActions(source: BodySource, format: BodyFormat, content: BodyContent | null): Action[] {
  if (source === 'wire' || content === null || content.bytes.length === 0) return [];
  const kind = kindOf(content);
  const named = kind === 'text' || kind === 'other' ? null : partsLabels[kind];
  const shown = format === 'parts' && named === null ? (kind === 'other' ? 'hex' : 'text') : format;
  const action = (label: string, value: BodyFormat): Action => ({
    label,
    pressed: shown === value,
    does: { kind: 'format', format: value },
  });
  return [
    ...(named === null ? [] : [action(named, 'parts')]),
    action(l10n.t('Text'), 'text'),
    action(l10n.t('Hex'), 'hex'),
  ];
}

function decompressed(content: BodyContent, decompression: Decompression): BodyContent | null {
  if (decompression === null || decompression === 'waiting') return null;
  if (decompression.bytes.length === 0 && decompression.end !== 'whole') return null;
  return decompressedContent(content, decompression.bytes);
}

function stateOf(decompression: Decompression): string {
  if (decompression === null || decompression === 'waiting') return l10n.t('Decompressing ...');
  return decompression.end === 'unavailable'
    ? l10n.t('This content coding cannot be undone here.')
    : l10n.t(
        'The data is not of the coding that Content-Encoding names, or was not kept from its beginning.',
      );
}

function decompressedRemark(content: BodyContent, sent: BodyContent, decompression: Decompression): string {
  const size = l10n.t(
    '{0}, from {1} on the wire',
    counted(content.length, 'byte'),
    counted(sent.length, 'byte'),
  );
  const end = decompression === null || decompression === 'waiting' ? 'whole' : decompression.end;
  switch (end) {
    case 'cut':
      return l10n.t(
        '{0}. There is more: decompressing stops here, since a few bytes can hold very many.',
        size,
      );
    case 'broken':
      return l10n.t('{0}. What follows is missing or malformed.', size);
    case 'whole':
    case 'unavailable':
      return size;
  }
}

/** The chunks of a body as they came: each with its size line, and the beginning of its data. */
function chunkRows(message: MessageView, line: MeaningLine, choices: Choices): PartRow[] {
  const { spans, bytes, direction } = message;
  const key = `${direction} chunks`;
  const limit = shownRows(choices, key);
  const rows: PartRow[] = [];
  const shown = ({ start, end }: Span) => visibleText(bytes.slice(start, end, chunkPreview));
  let open: { start: number; end: number; texts: PartRow['texts'][number][]; size: number } | null = null;
  const close = () => {
    if (open === null) return;
    const { start, end, texts, size } = open;
    const remark = size > chunkPreview ? counted(size, 'byte') : '';
    rows.push(partRow(`${key} ${start}`, level, { place: { start, end }, texts, remark }));
    open = null;
  };
  let more = false;
  for (let at = firstEndingAfter(spans, line.start); at < spans.length && spans[at].start < line.end; at++) {
    const span = spans[at];
    if (span.name === 'chunk-size' || span.name === 'last-chunk') {
      close();
      more = rows.length >= limit;
      if (more) break;
      open = { start: span.start, end: span.end, texts: [text(shown(span), 'framing', span)], size: 0 };
    } else if (open !== null) {
      open.end = span.end;
      if (span.name === 'chunk-ext') open.texts.push(text(shown(span), 'framing', span));
      if (span.name === 'chunk-data') {
        open.texts.push(text(shown(span), 'value', span));
        open.size = span.end - span.start;
      }
    }
  }
  close();
  return [...rows, ...moreRow(more, key, level)];
}

/** The choices with one more: how a body is shown. */
export function withChoice(choices: Choices, direction: Direction, does: BodyChoice): Choices {
  switch (does.kind) {
    case 'source':
      return { ...choices, source: new Map([...choices.source, [direction, does.source]]) };
    case 'format':
      return { ...choices, format: new Map([...choices.format, [direction, does.format]]) };
    case 'more':
      return {
        ...choices,
        more: new Map([...choices.more, [does.key, (choices.more.get(does.key) ?? 0) + 1]]),
      };
  }
}
