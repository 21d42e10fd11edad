/** The life of an exchange's connection as its system calls tell it. */
import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { CallLine, CallLines, UntracedReason } from '../protocol/calls.ts';
import type { ExchangeDetail } from '../protocol/inspector.ts';
import { counted, formatCount, formatDuration } from './format.ts';
import type { ShownCalls } from './inspectorState.ts';
import { moment, timingOf } from './timing.ts';

/** Calls that are shown at first, and how many more at a time. */
export const firstCalls = 100;
export const moreCalls = 1000;

const width = 1000;
const height = 20;

/** A time line and a table of the calls; where none were traced, what must have been called all the same. */
export function callsSection(
  detail: ExchangeDetail,
  shown: ShownCalls | null,
  showMore: () => void,
): TemplateResult {
  if (shown === null || shown.exchange !== detail.row.key) return html`<p class="note remark">…</p>`;
  const { calls } = shown;
  if (calls.total === 0) return calls.isIncomplete ? notKept : unseenSteps(detail, calls.untraced);
  const more = calls.total - calls.lines.length;
  return html`${calls.isIncomplete ? notAllKept : nothing} ${timeLine(calls)}
    ${callTable(calls, detail.times.startedAt)}
    ${
      more > 0
        ? html`<button class="link" @click=${showMore}>${l10n.t('Show more ({0})', counted(more, 'call'))}</button>`
        : nothing
    }`;
}

const notKept = html`<p class="note remark">${l10n.t('They were not kept: newer ones took their place, or the server was busier than the record could follow.')}</p>`;
const notAllKept = html`<p class="note remark">${l10n.t('Some calls were not kept: one of this connection may be missing.')}</p>`;

/** A mark for each call, as wide as the time it took. The table says the same in words. */
function timeLine({ lines }: CallLines): TemplateResult {
  const from = lines[0].startedAt;
  const to = lines.reduce(
    (end, { startedAt, duration }) => Math.max(end, startedAt + duration),
    from + 0.001,
  );
  const x = (time: number) => ((time - from) / (to - from)) * (width - 3);
  return html`<svg
    class="time-line"
    role="img"
    aria-label="Time line of the calls; the table below says the same"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
  >
    ${lines.map(
      ({ kind, startedAt, duration, text, result }) => svg`<rect
        class="call ${kind}"
        x=${x(startedAt)}
        y="2"
        width=${Math.max(x(startedAt + duration) - x(startedAt), 3)}
        height=${height - 4}
      ><title>${text} = ${result}</title></rect>`,
    )}
  </svg>`;
}

function callTable({ lines }: CallLines, from: number): TemplateResult {
  return html`<table class="calls">
    <thead>
      <tr><th scope="col" class="number">${l10n.t('at')}</th><th scope="col" class="number">${l10n.t('took')}</th><th scope="col">${l10n.t('call')}</th><th scope="col">${l10n.t('result')}</th><th scope="col" class="number">${l10n.t('thread')}</th></tr>
    </thead>
    <tbody>
      ${lines.map((line) => callRow(line, from))}
    </tbody>
  </table>`;
}

function callRow(
  { text, result, kind, startedAt, duration, thread, process, count }: CallLine,
  from: number,
) {
  return html`<tr>
    <td class="number">${moment(startedAt - from)}</td>
    <td class="number">${shortDuration(duration)}</td>
    <td>
      <span class="key ${kind}" aria-hidden="true"></span><code>${text}</code>${
        count > 1
          ? html` <span class="remark">${l10n.t('{0} times in a row', formatCount(count))}</span>`
          : nothing
      }
    </td>
    <td><code>${result}</code>${meaningOf(result)}</td>
    <td class="number">${thread}${thread === process ? nothing : html` <span class="remark">${l10n.t('of process {0}', process)}</span>`}</td>
  </tr>`;
}

const untraced: Readonly<Record<UntracedReason, string>> = {
  libuv: l10n.t("None were traced: the sockets were libuv's (spark.sockets), which makes its calls unseen."),
  off: l10n.t('None were traced: spark.trace was off when the server started.'),
  imported: l10n.t('None are known: an imported file holds no system calls.'),
};

/** What an error means for a connection. */
const errors: Readonly<Record<string, string>> = {
  EAGAIN: l10n.t('nothing has come yet, or there is no room yet'),
  EWOULDBLOCK: l10n.t('nothing has come yet, or there is no room yet'),
  EINTR: l10n.t('a signal came first'),
  ECONNRESET: l10n.t('the client has cut the connection'),
  EPIPE: l10n.t('the client no longer reads'),
  ENOTCONN: l10n.t('the client is gone already'),
  EMFILE: l10n.t('the process has no descriptor left'),
};

function meaningOf(result: string): TemplateResult | typeof nothing {
  const name = result.slice(result.indexOf(' ') + 1);
  return Object.hasOwn(errors, name) ? html` <span class="remark">${errors[name]}</span>` : nothing;
}

/** A duration in microseconds where it is short, as with most calls. */
function shortDuration(milliseconds: number): string {
  return milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : formatDuration(milliseconds);
}

/** Where nothing was traced: what must have been called, and when the program learned of it. */
function unseenSteps(detail: ExchangeDetail, reason: UntracedReason): TemplateResult {
  const { connection, times } = detail;
  const { transfers } = timingOf(detail);
  const steps: readonly { readonly name: string; readonly time: number; readonly remark: string }[] = [
    { name: 'accept', time: connection.openedAt - times.startedAt, remark: '' },
    ...transfers.slice(0, firstCalls).map(({ direction, time, start, end }) => ({
      name: direction === 'received' ? 'read' : 'write',
      time,
      remark: counted(end - start, 'byte'),
    })),
    ...(connection.closedAt > 0
      ? [{ name: 'close', time: connection.closedAt - times.startedAt, remark: connection.closeReason }]
      : []),
  ];
  return html`<p class="note remark">${untraced[reason]} ${l10n.t('What was done all the same for this exchange, and when the program knew of it:')}</p>
    <table class="calls">
      <thead>
        <tr><th scope="col" class="number">${l10n.t('at')}</th><th scope="col">${l10n.t('step')}</th><th scope="col">${l10n.t('call')}</th><th scope="col">${l10n.t('remark')}</th></tr>
      </thead>
      <tbody>
        ${steps.map(
          ({ name, time, remark }) => html`<tr>
            <td class="number">${moment(time)}</td>
            <td>${name}</td>
            <td class="remark">${l10n.t('performed unseen')}</td>
            <td class="remark">${remark}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
}
