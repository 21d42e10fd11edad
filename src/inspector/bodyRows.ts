/** The rows of a body: what it holds, as far as it is shown. */
import { writeBytes } from '../http/byteEncodings.ts';
import { type ContentKind, contentKind, contentType } from '../http/content/contentType.ts';
import { jsonTree } from '../http/content/json.ts';
import { type BodyPart, multipartOf } from '../http/content/multipart.ts';
import { parametersOf, percentDecoded } from '../http/content/query.ts';
import type { Part } from '../http/content/range.ts';
import { looksLikeText, visibleString, visibleText } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { BodyContent } from './bodyContent.ts';
import { counted } from './format.ts';
import { type BodyFormat, type PartRow, partRow, text } from './partRow.ts';

/** How a content is shown. */
export interface BodyRowOptions {
  /** Prefix of the rows' keys. */
  readonly key: string;
  readonly level: number;
  readonly format: BodyFormat;
  /** How often the user asked for more rows, by the key of what they belong to. */
  readonly more: ReadonlyMap<string, number>;
  /** Keys of rows that the user has switched from open to closed or the other way. */
  readonly toggled: ReadonlySet<string>;
}

const firstText = 2048;
const mostText = 256 * 1024;
const firstRows = 50;
const rowsMore = 200;
const mostJsonNodes = 20_000;
/** Depth to which a JSON tree is initially open. */
const openDepth = 2;
const mostNesting = 4;

/** What a body is by its media type, or by its content where the type says nothing. */
export function kindOf({ type, bytes }: BodyContent): ContentKind {
  const kind = contentKind(type);
  if (kind !== 'other') return kind;
  return looksLikeText(bytes.subarray(0, 4096)) && bytes.length > 0 ? 'text' : 'other';
}

/** The rows of a content, which may be the whole body or a part of a multipart one. */
export function contentRows(content: BodyContent, options: BodyRowOptions, nesting = 0): PartRow[] {
  if (options.format === 'hex') return [hexRow(content, options)];
  const kind = options.format === 'text' ? 'text' : kindOf(content);
  switch (kind) {
    case 'json':
      return jsonRows(content, options);
    case 'form':
      return formRows(content, options);
    case 'multipart':
      return nesting < mostNesting ? multipartRows(content, options, nesting) : [textRow(content, options)];
    case 'image':
      return [imageRow(content, options)];
    case 'text':
      return [textRow(content, options)];
    case 'other':
      return [hexRow(content, options)];
  }
}

function textRow(content: BodyContent, options: BodyRowOptions): PartRow {
  const key = `${options.key} text`;
  const limit = Math.min(firstText + (options.more.get(key) ?? 0) * mostText, mostText);
  const shown = content.bytes.subarray(0, limit);
  const charset = content.type.parameters.get('charset') ?? '';
  const decoded = decodedText(shown, charset);
  const left = content.bytes.length - shown.length;
  return partRow(key, options.level, {
    block: { kind: 'text', text: decoded.text },
    remark: [decoded.remark, left > 0 ? counted(left, 'more byte') : '']
      .filter((part) => part !== '')
      .join(' · '),
    actions:
      left > 0 && limit < mostText
        ? [{ label: l10n.t('Show more'), pressed: null, does: { kind: 'more', key } }]
        : [],
  });
}

/** The bytes as text, in the charset of their type; in UTF-8 where that is missing, or unknown to the browser. */
function decodedText(bytes: Uint8Array, charset: string): { text: string; remark: string } {
  const asUtf8 = () => visibleText(bytes, lineBreaks).replaceAll('\\r\n', '\n');
  if (charset === '' || /^utf-?8$/i.test(charset)) return { text: asUtf8(), remark: '' };
  try {
    const decoder = new TextDecoder(charset);
    const lines = decoder.decode(bytes).replaceAll('\r\n', '\n');
    return { text: visibleString(lines, lineBreaks), remark: l10n.t('read as {0}', decoder.encoding) };
  } catch {
    return {
      text: asUtf8(),
      remark: l10n.t('The charset "{0}" is not known; read as utf-8.', visibleString(charset)),
    };
  }
}

const lineBreaks = '\n\t';

function hexRow(content: BodyContent, options: BodyRowOptions): PartRow {
  const key = `${options.key} hex`;
  const limit = 512 + (options.more.get(key) ?? 0) * 4096;
  const shown = content.bytes.subarray(0, limit);
  const left = content.bytes.length - shown.length;
  return partRow(key, options.level, {
    block: { kind: 'hex', text: writeBytes(shown, 'hexDump') },
    remark: left > 0 ? counted(left, 'more byte') : '',
    actions: left > 0 ? [{ label: l10n.t('Show more'), pressed: null, does: { kind: 'more', key } }] : [],
  });
}

function imageRow(content: BodyContent, options: BodyRowOptions): PartRow {
  const complete = content.bytes.length === content.length;
  return partRow(`${options.key} image`, options.level, {
    block: { kind: 'image', bytes: content.bytes, type: content.type.type },
    remark: complete
      ? ''
      : l10n.t('Of the picture, only {0} are there.', counted(content.bytes.length, 'byte')),
  });
}

function formRows(content: BodyContent, options: BodyRowOptions): PartRow[] {
  const { bytes } = content;
  const limit = shownRows(options, `${options.key} fields`);
  const parameters = parametersOf(bytes, 0, bytes.length, limit + 1);
  const decoded = ({ start, end }: Part) =>
    visibleText(percentDecoded(bytes.subarray(start, Math.min(end, start + firstText)), true));
  const rows = parameters.slice(0, limit).map(({ start, end, name, value }) =>
    partRow(`${options.key} ${start}`, options.level, {
      place: content.place({ start, end }),
      remark: l10n.t('form field'),
      texts: [
        text(decoded(name), 'name', content.place(name)),
        ...(value === null ? [] : [text(decoded(value), 'value', content.place(value))]),
      ],
    }),
  );
  return [...rows, ...moreRow(parameters.length > limit, `${options.key} fields`, options.level)];
}

function multipartRows(content: BodyContent, options: BodyRowOptions, nesting: number): PartRow[] {
  const { bytes, type } = content;
  const limit = shownRows(options, `${options.key} parts`);
  const { parts, closed } = multipartOf(bytes, type.parameters.get('boundary') ?? '', limit + 1);
  if (parts.length === 0) {
    const row = textRow(content, options);
    return [
      {
        ...row,
        remark: l10n.t('No part was found: the boundary of Content-Type does not occur in the body.'),
      },
    ];
  }
  const rows = parts
    .slice(0, limit)
    .flatMap((part, index) => partRows(content, part, index, options, nesting));
  const cutOff = !closed && parts.length <= limit;
  return [
    ...rows,
    ...moreRow(parts.length > limit, `${options.key} parts`, options.level),
    ...(cutOff
      ? [
          partRow(`${options.key} open`, options.level, {
            remark: l10n.t('The delimiter that ends the last part is not there.'),
          }),
        ]
      : []),
  ];
}

function partRows(
  content: BodyContent,
  part: BodyPart,
  index: number,
  options: BodyRowOptions,
  nesting: number,
): PartRow[] {
  const key = `${options.key} part${part.start}`;
  const shown = ({ start, end }: Part) =>
    visibleText(content.bytes.subarray(start, Math.min(end, start + firstText)));
  const fieldValue = (name: string) => {
    const field = part.fields.find((candidate) => shown(candidate.name).toLowerCase() === name);
    return field === undefined ? '' : shown(field.value);
  };
  const disposition = contentType(`x/x;${fieldValue('content-disposition').replace(/^[^;]*;?/, '')}`);
  const size = part.content.end - part.content.start;
  const facts = [
    l10n.t('part {0}', index + 1),
    counted(size, 'byte'),
    ...['name', 'filename'].flatMap((name) => {
      const value = disposition.parameters.get(name);
      return value === undefined ? [] : [`${name} ${visibleString(value)}`];
    }),
  ];
  const opened = !options.toggled.has(key);
  const row = partRow(key, options.level, { place: content.place(part), remark: facts.join(' · '), opened });
  if (!opened) return [row];
  const inner: BodyContent = {
    bytes: content.bytes.subarray(part.content.start, part.content.end),
    length: size,
    type: contentType(fieldValue('content-type')),
    codings: [],
    place: ({ start, end }) =>
      content.place({ start: start + part.content.start, end: end + part.content.start }),
  };
  const fields = part.fields.map(({ name, value }) =>
    partRow(`${key} field${name.start}`, options.level + 1, {
      place: content.place({ start: name.start, end: value.end }),
      texts: [
        text(shown(name), 'name', content.place(name)),
        text(shown(value), 'value', content.place(value)),
      ],
    }),
  );
  const below = { ...options, key, level: options.level + 1, format: 'parts' as const };
  const contents = contentRows(inner, below, nesting + 1).map((candidate) =>
    candidate.block === null ? candidate : { ...candidate, place: content.place(part.content) },
  );
  return [row, ...fields, ...(size === 0 ? [] : contents)];
}

function jsonRows(content: BodyContent, options: BodyRowOptions): PartRow[] {
  const { bytes } = content;
  const { nodes, brokenAt, cut } = jsonTree(bytes, mostJsonNodes);
  if (nodes.length === 0) return [textRow(content, options)];
  const rows: PartRow[] = [];
  const limit = shownRows(options, `${options.key} values`);
  /** Values below this depth lie in a closed one, and are left out. */
  let closedDepth = Number.POSITIVE_INFINITY;
  let more = false;
  for (const node of nodes) {
    if (node.depth > closedDepth) continue;
    closedDepth = Number.POSITIVE_INFINITY;
    if (rows.length >= limit) {
      more = true;
      break;
    }
    const key = `${options.key} json${node.start}`;
    const holds = node.kind === 'object' || node.kind === 'array';
    const opened = holds && node.count > 0 ? node.depth < openDepth !== options.toggled.has(key) : null;
    if (opened === false) closedDepth = node.depth;
    const name =
      node.key !== null
        ? text(jsonString(bytes, node.key), 'name', content.place(node.key))
        : node.index >= 0
          ? text(`[${node.index}]`, 'delimiter')
          : null;
    const place = content.place(node);
    const value = holds
      ? text(summaryOf(node.kind, node.count), 'delimiter', place)
      : text(
          visibleText(bytes.subarray(node.start, Math.min(node.end, node.start + firstText))),
          'value',
          place,
        );
    rows.push(
      partRow(key, options.level + node.depth, {
        place: content.place({ start: node.key?.start ?? node.start, end: node.end }),
        texts: name === null ? [value] : [name, value],
        opened,
      }),
    );
  }
  rows.push(...moreRow(more, `${options.key} values`, options.level));
  if (brokenAt >= 0 && !more) rows.push(brokenJsonRow(content, brokenAt, options));
  if (cut && !more) {
    rows.push(
      partRow(`${options.key} cut`, options.level, {
        remark: l10n.t('There are more values than are shown.'),
      }),
    );
  }
  return rows;
}

function brokenJsonRow(content: BodyContent, at: number, options: BodyRowOptions): PartRow {
  const ends = at >= content.bytes.length;
  const last = Math.min(at, content.bytes.length - 1);
  return partRow(`${options.key} broken`, options.level, {
    place: content.place({ start: last, end: last + 1 }),
    remark: ends
      ? content.bytes.length < content.length
        ? l10n.t('What follows was not kept.')
        : l10n.t('The JSON text ends too early.')
      : l10n.t('From here on it is no JSON.'),
  });
}

/** A key as JSON writes it, without its quotes where nothing is lost. */
function jsonString(bytes: Uint8Array, { start, end }: Part): string {
  return visibleText(bytes.subarray(start + 1, Math.min(end - 1, start + firstText)));
}

function summaryOf(kind: 'object' | 'array' | string, count: number): string {
  return kind === 'object' ? `{ ${counted(count, 'member')} }` : `[ ${counted(count, 'element')} ]`;
}

/** How many rows of what has this key are shown: the user can ask for more of them. */
export function shownRows({ more }: Pick<BodyRowOptions, 'more'>, key: string): number {
  return firstRows + (more.get(key) ?? 0) * rowsMore;
}

/** The row with the button that shows more; none where all is shown. */
export function moreRow(isMore: boolean, key: string, level: number): PartRow[] {
  if (!isMore) return [];
  return [
    partRow(`${key} more`, level, {
      actions: [{ label: l10n.t('Show more'), pressed: null, does: { kind: 'more', key } }],
    }),
  ];
}
