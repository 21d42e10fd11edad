import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import { type BodySection, bodySection, type Choices, type Decompression } from './bodySection.ts';
import { lineParts, opensByItself } from './lineParts.ts';
import type { MeaningLine } from './meaning.ts';
import {
  actionCell,
  calloutRow,
  emptyRow,
  fieldCells,
  headingOf,
  lineRow,
  markOfFinding,
  noteRow,
  originRow,
  partRowTemplate,
  remarkCell,
  tokenCell,
  unparsedCell,
} from './meaningCells.ts';
import type { ExchangeView, MessageView } from './messageView.ts';
import type { Action, Block, PartRow } from './partRow.ts';

/** How the rows of an exchange's messages are shown, and what their buttons do. */
export interface MessageRowsOptions {
  readonly choices: Choices;
  /** Index of the finding that the user went to; -1 for none. */
  readonly finding: number;
  /** What undoing the content coding of a body has given so far; null where it is not wanted. */
  decompression(message: MessageView, line: MeaningLine): Decompression;
  act(direction: Direction, action: Action): void;
  /** Address of a picture. */
  picture(block: Block & { kind: 'image' }): string;
}

/** The rows of both messages of an exchange, as a tree grid has them: a row per line, with its parts below it. */
export class MessageRows {
  private readonly view: ExchangeView;
  private readonly options: MessageRowsOptions;

  constructor(view: ExchangeView, options: MessageRowsOptions) {
    this.view = view;
    this.options = options;
  }

  get all(): TemplateResult {
    const { received, sent } = this.view;
    return html`${this.errors()}${this.message(received)}${this.message(sent)}`;
  }

  private message(message: MessageView): TemplateResult {
    const { view } = this;
    const { direction, lines } = message;
    return html`<div role="rowgroup" class="message">
      <div role="row" aria-level="1" class="heading">
        <span role="gridcell">${headingOf(view, message)}</span>
      </div>
      ${originRow(view)}
      ${this.callouts(direction)}
      ${message.bytes.length === 0 ? emptyRow(direction, view) : nothing}
      <div role="presentation" class="lines">
        ${lines.map((line) => this.line(message, line))}
      </div>
      ${
        message.bytes.length > 0 && !message.detail.complete && message.violation === null
          ? noteRow(view.detail.row.aborted ? l10n.t('It was cut off here.') : l10n.t('More may come.'))
          : nothing
      }
    </div>`;
  }

  /** Errors come before all else, so that whoever opens the exchange sees them without looking for them. */
  private errors(): TemplateResult | typeof nothing {
    const { view } = this;
    const rows = view.findings.flatMap((finding, index) =>
      finding.severity === 'error' ? [calloutRow(view, finding, index === this.options.finding)] : [],
    );
    return rows.length === 0 ? nothing : html`<div role="rowgroup" class="errors">${rows}</div>`;
  }

  /** Warnings, and the note that the user went to, above the message that shows them. */
  private callouts(direction: Direction): TemplateResult[] {
    const { view } = this;
    const current = this.options.finding;
    return view.findings.flatMap((finding, index) => {
      const isHere = (markOfFinding(finding)?.direction ?? 'sent') === direction;
      const stands = finding.severity === 'warning' || (finding.severity === 'note' && index === current);
      return isHere && stands ? [calloutRow(view, finding, index === current)] : [];
    });
  }

  private line(message: MessageView, line: MeaningLine): unknown {
    switch (line.kind) {
      case 'start-line':
        return this.opening(
          message,
          line,
          line.tokens.map((token) => tokenCell(message, token)),
        );
      case 'field':
      case 'trailer':
        return this.opening(message, line, fieldCells(message, line));
      case 'empty-lines':
        return lineRow(
          message,
          line,
          null,
          remarkCell(l10n.t('Empty lines before the request line are ignored.')),
        );
      case 'header-end':
        return lineRow(message, line, null, remarkCell(l10n.t('An empty line ends the header section.')));
      case 'trailer-end':
        return lineRow(message, line, null, remarkCell(l10n.t('An empty line ends the trailer section.')));
      case 'body': {
        const { choices, decompression } = this.options;
        return this.body(message, line, bodySection(message, line, choices, decompression(message, line)));
      }
      case 'unparsed':
        return lineRow(message, line, null, unparsedCell(message, line, this.view.detail.row.status === 101));
    }
  }

  /** A line with the rows of its parts, where it is open. */
  private opening(message: MessageView, line: MeaningLine, cells: unknown): unknown {
    const { toggled } = this.options.choices;
    const opened = opensByItself(message, line) !== toggled.has(`${message.direction} ${line.start}`);
    // Always a pair, so that lit keeps the row's element, and with it the focus, when it is opened or closed.
    return [
      lineRow(message, line, opened, cells),
      opened ? this.rows(message, lineParts(message, line)) : nothing,
    ];
  }

  private body(message: MessageView, line: MeaningLine, { facts, actions, rows }: BodySection): unknown {
    const head = html`<span role="gridcell" tabindex="-1" class="cell remark">${l10n.t('Body')} · ${facts.join(' · ')}</span>
      ${actions.map((action) => actionCell(action, (chosen) => this.options.act(message.direction, chosen)))}`;
    return [lineRow(message, line, null, head), this.rows(message, rows)];
  }

  private rows({ direction }: MessageView, rows: readonly PartRow[]): unknown {
    const { act, picture } = this.options;
    return repeat(
      rows,
      ({ key }) => key,
      (row) => partRowTemplate(direction, row, (action) => act(direction, action), picture),
    );
  }
}
