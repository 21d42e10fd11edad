import { effect } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Finding, Severity } from '../http/findings/finding.ts';
import { l10n } from '../l10n/l10n.ts';
import { counted } from './format.ts';
import { icon } from './icons.ts';
import type { InspectorState, Mark } from './inspectorState.ts';
import { markOf, markOfFinding, markOfPlace, severityIcons } from './meaningCells.ts';

const titles: Readonly<Record<Severity, string>> = {
  error: l10n.t('Errors'),
  warning: l10n.t('Warnings'),
  note: l10n.t('Notes'),
};
/** Of one finding. */
export const severityNames: Readonly<Record<Severity, string>> = {
  error: l10n.t('error'),
  warning: l10n.t('warning'),
  note: l10n.t('note'),
};
const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** What is worth knowing about the selected exchange. Each finding leads to the bytes that show it. */
export class FindingsPanel {
  readonly element: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly go: (index: number) => void;

  /** @param go goes to a finding by its index, as F8 does */
  constructor(state: InspectorState, go: (index: number) => void) {
    this.state = state;
    this.go = go;
    const { element } = this;
    element.className = 'findings';
    element.addEventListener('pointerover', (event) => state.point(markOf(event.target), null));
    element.addEventListener('pointerleave', () => state.point(null, null));
    effect(() => this.show(state.view.value?.findings ?? [], state.finding.value));
  }

  private show(findings: readonly Finding[], current: number): void {
    const group = (severity: Severity) => {
      const found = findings.filter((finding) => finding.severity === severity);
      if (found.length === 0) return nothing;
      return html`<h2>${titles[severity]}</h2>
        <ul class="finding-list">
          ${found.map((finding) => this.item(finding, findings.indexOf(finding), current))}
        </ul>`;
    };
    render(
      findings.length === 0
        ? html`<p class="note remark">${l10n.t('Nothing stands out in this exchange.')}</p>`
        : html`<p class="note remark">
              ${l10n.t('{0}. F8 and Shift+F8 go through them, wherever you are.', counted(findings.length, 'finding'))}
            </p>
            ${severities.map(group)}`,
      this.element,
    );
  }

  private item(finding: Finding, index: number, current: number): TemplateResult {
    const mark = markOfFinding(finding);
    return html`<li
      class="finding ${finding.severity} ${index === current ? 'current' : ''}"
      aria-current=${index === current ? 'true' : nothing}
      data-direction=${mark?.direction ?? nothing}
      data-start=${mark?.start ?? nothing}
      data-end=${mark?.end ?? nothing}
    >
      ${icon(severityIcons[finding.severity])}
      <span>
        <span class="unseen">${severityNames[finding.severity]}: </span><span lang="en">${finding.sentence}</span>
        <span class="finding-source">
          ${
            mark === null
              ? html`<span class="remark">${l10n.t('No byte shows it.')}</span>`
              : html`<button class="link" @click=${() => this.go(index)}>${l10n.t('Show its bytes')}</button>${finding.places.slice(1, 4).map((place) => this.otherPlace(markOfPlace(place.message, place)))}`
          }
          <a href=${finding.source.url}>${finding.source.name}</a>
        </span>
      </span>
    </li>`;
  }

  private otherPlace(mark: Mark): TemplateResult {
    const label =
      mark.direction === 'received'
        ? l10n.t('request byte {0}', mark.start)
        : l10n.t('response byte {0}', mark.start);
    return html`<button class="link" @click=${() => this.state.chooseMark(mark)}>${label}</button>`;
  }
}
