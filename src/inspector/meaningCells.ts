/** How rows and cells of the meaning are drawn. What came from the wire enters them as text only. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { LF } from '../http/bytes.ts';
import type { Part } from '../http/content/range.ts';
import type { Span } from '../http/dissect.ts';
import type { Link } from '../http/explanations/explanation.ts';
import type { Finding } from '../http/findings/finding.ts';
import { rules } from '../http/rules.ts';
import { hex, octetName, visiblePieces, visibleString } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import { counted } from './format.ts';
import { grammar } from './grammar.ts';
import { type IconName, icon } from './icons.ts';
import type { Mark } from './inspectorState.ts';
import type { MeaningLine } from './meaning.ts';
import type { ExchangeView, MessageView } from './messageView.ts';
import type { Action, Block, PartRow, PartText } from './partRow.ts';

/** Bytes of one token that are shown, at most. */
const mostOfToken = 4096;

export const severityIcons = { error: 'error', warning: 'warning', note: 'info' } as const satisfies Record<
  Finding['severity'],
  IconName
>;

/**
 * The row of a line.
 *
 * @param opened whether its parts are shown; null where it has none
 */
export function lineRow(
  message: MessageView,
  line: MeaningLine,
  opened: boolean | null,
  cells: unknown,
): TemplateResult {
  const { violation, direction } = message;
  const broken = violation !== null && violation.offset >= line.start && violation.offset < line.end;
  return html`<div
    role="row"
    aria-level="2"
    aria-expanded=${opened ?? nothing}
    class="line ${line.kind} ${broken ? 'broken' : ''}"
    data-key="${direction} ${line.start}"
    data-direction=${direction}
    data-start=${line.start}
    data-end=${line.end}
  >
    ${broken ? icon('error') : twistie(opened)}${cells}
  </div>`;
}

/** A row below a line: a part of it, or what it means. */
export function partRowTemplate(
  direction: Direction,
  row: PartRow,
  act: (action: Action) => void,
  pictures: (block: Block & { kind: 'image' }) => string,
): TemplateResult {
  const { place, opened } = row;
  return html`<div
    role="row"
    aria-level=${row.level}
    aria-expanded=${opened ?? nothing}
    class="line part indent-${Math.min(row.level, 12)}"
    data-key=${row.key}
    data-direction=${place === null ? nothing : direction}
    data-start=${place === null ? nothing : place.start}
    data-end=${place === null ? nothing : place.end}
  >
    ${twistie(opened)}${row.texts.map((shown) => textCell(direction, shown))}
    ${row.remark === '' ? nothing : remarkCell(row.remark)}
    ${row.links.map(linkCell)}
    ${row.block === null ? nothing : blockCell(row.block, pictures)}
    ${row.actions.map((action) => actionCell(action, act))}
  </div>`;
}

/** What opens and closes a row by pointer; the keyboard does it from the row's cells. */
function twistie(opened: boolean | null): TemplateResult | typeof nothing {
  if (opened === null) return nothing;
  return html`<span class="twistie" aria-hidden="true"
    >${icon(opened ? 'chevron-down' : 'chevron-right')}</span
  >`;
}

function textCell(direction: Direction, { text, role, place }: PartText): TemplateResult {
  return html`<span
    role="gridcell"
    tabindex="-1"
    class="cell token role-${role}"
    data-direction=${place === null ? nothing : direction}
    data-start=${place === null ? nothing : place.start}
    data-end=${place === null ? nothing : place.end}
    >${text === '' ? html`<span class="remark">${l10n.t('(empty)')}</span>` : text}</span
  >`;
}

export function tokenCell({ bytes, direction }: MessageView, token: Span): TemplateResult {
  const shown = bytes.slice(token.start, token.end, mostOfToken);
  const left = token.end - token.start - shown.length;
  return html`<span
    role="gridcell"
    tabindex="-1"
    class="cell token role-${grammar[token.name].role}"
    data-direction=${direction}
    data-start=${token.start}
    data-end=${token.end}
    >${pieces(shown)}${left > 0 ? html` <span class="remark">${l10n.t('and {0}', counted(left, 'more byte'))}</span>` : nothing}</span
  >`;
}

/** Cells of a field: its tokens, and a remark where a complete line has no value. */
export function fieldCells(message: MessageView, line: MeaningLine): TemplateResult[] {
  const cells = line.tokens.map((token) => tokenCell(message, token));
  const hasValue = line.tokens.some(({ name }) => name === 'field-value' || name === 'trailer-value');
  const ended = message.bytes.at(line.end - 1) === LF;
  return hasValue || !ended
    ? cells
    : [...cells, html`<span role="gridcell" class="remark">${l10n.t('(empty)')}</span>`];
}

export function remarkCell(text: string): TemplateResult {
  return html`<span role="gridcell" tabindex="-1" class="cell remark">${text}</span>`;
}

function linkCell({ name, url }: Link): TemplateResult {
  return html`<span role="gridcell"><a class="cell" tabindex="-1" href=${url}>${name}</a></span>`;
}

export function actionCell(action: Action, act: (action: Action) => void): TemplateResult {
  return html`<span role="gridcell"
    ><button
      class="cell choice"
      tabindex="-1"
      aria-pressed=${action.pressed ?? nothing}
      @click=${() => act(action)}
    >
      ${action.label}
    </button></span
  >`;
}

function blockCell(block: Block, pictures: (block: Block & { kind: 'image' }) => string): TemplateResult {
  switch (block.kind) {
    case 'image':
      return html`<div role="gridcell" tabindex="-1" class="cell block">
        <img class="picture" src=${pictures(block)} alt="The picture in the body" />
      </div>`;
    case 'text':
    case 'hex':
      return html`<div role="gridcell" tabindex="-1" class="cell block"><pre class=${block.kind}>${block.text}</pre></div>`;
  }
}

/** The beginning of what was not parsed. `isTunnel`: it is no HTTP, but went through a tunnel. */
export function unparsedCell({ bytes }: MessageView, line: MeaningLine, isTunnel: boolean): TemplateResult {
  const shown = bytes.slice(line.start, line.end, 512);
  return html`<div role="gridcell" tabindex="-1" class="cell">
    <span class="remark">${isTunnel ? l10n.t('Through the tunnel, not HTTP any more') : l10n.t('Not parsed')} · ${counted(line.end - line.start, 'byte')}</span>
    <span class="wire">${pieces(shown)}</span>
  </div>`;
}

/** A finding where it stands out: with its severity in words, its bytes and its source. */
export function calloutRow(view: ExchangeView, finding: Finding, isCurrent: boolean): TemplateResult {
  const mark = markOfFinding(finding);
  const rule = view[mark?.direction ?? 'received'].violation?.rule;
  const isRule = rule !== undefined && rule === finding.id;
  return html`<div
    role="row"
    aria-level="2"
    class="violation ${finding.severity} ${isCurrent ? 'current' : ''}"
    data-direction=${mark?.direction ?? nothing}
    data-start=${mark?.start ?? nothing}
    data-end=${mark?.end ?? nothing}
  >
    ${icon(severityIcons[finding.severity])}
    <span role="gridcell" tabindex="-1" class="cell">
      <span class="unseen">${finding.severity}: </span><strong>${finding.sentence}</strong>
      <span class="remark"
        >${finding.id}${isRule && mark !== null ? whereBroken(view, mark) : nothing}</span
      >
    </span>
    ${linkCell(finding.source)}
  </div>`;
}

function whereBroken(view: ExchangeView, { direction }: Mark): string {
  const { violation, bytes } = view[direction];
  if (violation === null) return '';
  const octet = bytes.at(violation.offset);
  const where =
    octet < 0
      ? l10n.t(', at byte {0}, which never came', violation.offset)
      : l10n.t(', at byte {0}: {1}', violation.offset, `${hex(octet, 2)} ${octetName(octet)}`);
  const { status } = rules[violation.rule];
  return status > 0 ? `${where} · ${l10n.t('answered with {0}', status)}` : where;
}

/** The bytes that show a finding best; null where there are none. */
export function markOfFinding({ places }: Finding): Mark | null {
  const [place] = places;
  return place === undefined ? null : markOfPlace(place.message, place);
}

export function markOfPlace(message: 'request' | 'response', { start, end }: Part): Mark {
  return { direction: message === 'request' ? 'received' : 'sent', start, end };
}

export function noteRow(text: string): TemplateResult {
  return html`<div role="row" aria-level="2" class="note"><span role="gridcell" class="remark">${text}</span></div>`;
}

function pieces(bytes: Uint8Array): (TemplateResult | string)[] {
  return visiblePieces(bytes).map((piece) =>
    piece.escaped ? html`<span class="escape">${piece.text}</span>` : piece.text,
  );
}

/** The bytes that an element or its nearest ancestor stands for. */
export function markOf(target: EventTarget | null): Mark | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-start]') : null;
  if (element === null) return null;
  const { direction, start, end } = element.dataset;
  if (direction !== 'received' && direction !== 'sent') return null;
  return { direction, start: Number(start), end: Number(end) };
}

/** What is shown instead of a message without bytes. */
export function emptyRow(direction: Direction, view: ExchangeView): TemplateResult {
  if (direction === 'received') return noteRow(l10n.t('Nothing of it was received.'));
  return noteRow(
    view.detail.row.aborted ? l10n.t('The connection ended before an answer.') : l10n.t('Not answered yet.'),
  );
}

/** What stands above a message: whence it came, and on what way. Text from the wire is made visible in it. */
export function headingOf({ detail, isFromProxy }: ExchangeView, message: MessageView): string {
  const { peer, serverName, row, imported, forwarding, connection } = detail;
  const address = peer.address.includes(':') ? `[${peer.address}]` : peer.address;
  switch (message.direction) {
    case 'received': {
      const parts = [l10n.t('Request {0}', row.id)];
      if (imported !== null) parts.push(l10n.t('imported from {0}', visibleString(imported.file)));
      if (address !== '') parts.push(l10n.t('from {0}', `${address}:${peer.port}`));
      if (isFromProxy && imported === null) parts.push(l10n.t('as sent by the proxy'));
      if (connection.tls !== '') parts.push(l10n.t('inside {0}', visibleString(connection.tls)));
      if (row.comment !== '') parts.push(visibleString(row.comment));
      return parts.join(' · ');
    }
    case 'sent':
      if (forwarding !== null)
        return `${l10n.t('Response')} · ${l10n.t('of {0}, forwarded', visibleString(forwarding.server))}`;
      return serverName === '' || imported !== null
        ? l10n.t('Response')
        : `${l10n.t('Response')} · ${l10n.t('from {0}', serverName)}`;
  }
}

/** Warns that the bytes of an exchange from a HAR file are not those on the wire; nothing for other exchanges. */
export function originRow({ detail }: ExchangeView): TemplateResult | typeof nothing {
  return detail.imported?.rebuilt === true
    ? noteRow(l10n.t('Rebuilt from HAR: not the bytes on the wire.'))
    : nothing;
}
