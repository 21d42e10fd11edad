import { effect, type Signal, signal } from '@preact/signals-core';
import { html, nothing, render, svg, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import { callsSection, firstCalls, moreCalls } from './callsSection.ts';
import { counted, formatDuration } from './format.ts';
import type { InspectorState, ShownCalls } from './inspectorState.ts';
import { markOf } from './meaningCells.ts';
import type { ExchangeView } from './messageView.ts';
import { moment, type Timing, type TimingTransfer, timingOf } from './timing.ts';

const width = 1000;
const barHeight = 18;
const firstTransfers = 100;
/** Marks of reads and writes that are drawn, at most. */
const mostMarks = 2000;

/** Where the time of the selected exchange went: as a picture, and as tables that say the same. */
export class TimingPanel {
  readonly element: HTMLElement = document.createElement('div');
  private readonly limit: Signal<number> = signal(firstTransfers);

  private readonly state: InspectorState;

  constructor(state: InspectorState) {
    this.state = state;
    const { element } = this;
    element.className = 'timing';
    element.addEventListener('pointerover', (event) => state.point(markOf(event.target), null));
    element.addEventListener('pointerleave', () => state.point(null, null));
    element.addEventListener('click', (event) => {
      const mark = markOf(event.target);
      if (mark !== null) state.chooseMark(mark);
    });
    let shown = '';
    effect(() => {
      const key = state.view.value?.detail.row.key ?? '';
      if (key !== shown) {
        this.limit.value = firstTransfers;
        state.callsLimit.value = firstCalls;
      }
      shown = key;
    });
    effect(() => this.show(state.view.value, this.limit.value, state.calls.value));
  }

  private show(view: ExchangeView | null, limit: number, calls: ShownCalls | null): void {
    if (view === null) {
      render(nothing, this.element);
      return;
    }
    const timing = timingOf(view.detail);
    render(
      html`${picture(timing)}
        <h2>${l10n.t('Steps')}</h2>
        ${stepTable(timing)}
        <h2>${l10n.t('Moments')}</h2>
        ${momentTable(timing)}
        <h2>${l10n.t('System calls of the connection')}</h2>
        ${callsSection(view.detail, calls, () => this.moreCalls())}
        <h2>${l10n.t('Reads and writes')}</h2>
        ${this.transferTable(timing.transfers, limit)}`,
      this.element,
    );
  }

  private moreCalls(): void {
    this.state.callsLimit.value += moreCalls;
  }

  private transferTable(transfers: readonly TimingTransfer[], limit: number): TemplateResult {
    if (transfers.length === 0) return html`<p class="note remark">${l10n.t('None were recorded.')}</p>`;
    const more = transfers.length - limit;
    return html`<table>
        <thead>
          <tr><th scope="col" class="number">${l10n.t('at')}</th><th scope="col" class="number">${l10n.t('pause')}</th><th scope="col">${l10n.t('call')}</th><th scope="col" class="number">${l10n.t('bytes')}</th><th scope="col">${l10n.t('of the message')}</th></tr>
        </thead>
        <tbody>
          ${transfers.slice(0, limit).map((transfer, index) => {
            const { direction, time, start, end } = transfer;
            const pause = index === 0 ? null : time - transfers[index - 1].time;
            return html`<tr class="transfer" data-direction=${direction} data-start=${start} data-end=${end}>
              <td class="number">${moment(time)}</td>
              <td class="number">${pause === null ? '' : formatDuration(pause)}</td>
              <td>${direction === 'received' ? l10n.t('read') : l10n.t('write')}</td>
              <td class="number">${counted(end - start, 'byte')}</td>
              <td>
                <button class="link">${direction === 'received' ? l10n.t('request') : l10n.t('response')} ${start}–${end - 1}</button>
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${
        more > 0
          ? html`<button class="link" @click=${() => {
              this.limit.value = limit + 1000;
            }}>${l10n.t('Show more ({0})', counted(more, 'read or write'))}</button>`
          : nothing
      }`;
  }
}

/** Bars for the steps, ticks for reads and writes. The tables below say the same in words. */
function picture({ steps, transfers }: Timing): TemplateResult {
  const ends = [
    ...steps.flatMap(({ start, end }) => [start, end ?? start]),
    ...transfers.map(({ time }) => time),
  ];
  const from = Math.min(0, ...ends.slice(0, 100));
  const to = ends.reduce((latest, time) => Math.max(latest, time), from + 0.001);
  const x = (time: number) => ((time - from) / (to - from)) * (width - 2) + 1;
  const height = steps.length * barHeight + 34;
  return html`<svg
    class="time-line"
    role="img"
    aria-label="Time line; the tables below say the same"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
  >
    ${steps.map(({ kind, start, end, name }, index) => {
      const last = end ?? to;
      return svg`<rect class="bar ${kind}" x=${x(start)} y=${index * barHeight + 2} width=${Math.max(x(last) - x(start), 2)} height=${barHeight - 4}><title>${name}</title></rect>`;
    })}
    ${transfers.slice(0, mostMarks).map(
      ({ direction, time, start, end }) => svg`<rect
        class="tick ${direction}"
        x=${x(time) - 1}
        y=${steps.length * barHeight + (direction === 'received' ? 2 : 18)}
        width="3"
        height="14"
        data-direction=${direction}
        data-start=${start}
        data-end=${end}
      ><title>${direction === 'received' ? l10n.t('read of {0} at {1}', counted(end - start, 'byte'), moment(time)) : l10n.t('write of {0} at {1}', counted(end - start, 'byte'), moment(time))}</title></rect>`,
    )}
  </svg>`;
}

function stepTable({ steps }: Timing): TemplateResult {
  return html`<table>
    <thead>
      <tr><th scope="col">${l10n.t('step')}</th><th scope="col" class="number">${l10n.t('from')}</th><th scope="col" class="number">${l10n.t('took')}</th><th scope="col">${l10n.t('what it is')}</th></tr>
    </thead>
    <tbody>
      ${steps.map(
        ({ kind, name, start, end, meaning }) => html`<tr>
          <th scope="row"><span class="key ${kind}" aria-hidden="true"></span>${name}</th>
          <td class="number">${moment(start)}</td>
          <td class="number">${end === null ? l10n.t('goes on') : formatDuration(end - start)}</td>
          <td class="remark">${meaning}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function momentTable({ moments }: Timing): TemplateResult {
  return html`<table>
    <thead>
      <tr><th scope="col">${l10n.t('moment')}</th><th scope="col" class="number">${l10n.t('at')}</th><th scope="col">${l10n.t('remark')}</th></tr>
    </thead>
    <tbody>
      ${moments.map(
        ({ name, time, remark }) => html`<tr>
          <th scope="row">${name}</th>
          <td class="number">${time === null ? '–' : moment(time)}</td>
          <td class="remark">${remark}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
