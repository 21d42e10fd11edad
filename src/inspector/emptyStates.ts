import { html, nothing, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { GoneExchange, ListState } from './inspectorState.ts';

/** What is shown instead of a list without rows. */
export function nothingListed(
  list: ListState | null,
  startServer: () => void,
): TemplateResult | typeof nothing {
  if (list === null) return nothing;
  if (list.summary.exchanges === 0) return nothingCaptured(list, startServer);
  if (list.view.count > 0) return nothing;
  if (list.view.progress < 1) return html`<p>${l10n.t('Searching what was captured …')}</p>`;
  return html`<p>${l10n.t('No exchange passes the filter.')}</p>`;
}

function nothingCaptured({ serverRuns }: ListState, startServer: () => void): TemplateResult {
  return serverRuns
    ? html`<p>${l10n.t('Nothing captured yet.')}</p>
        <p>${l10n.t('The server is running: open one of its pages, and every request appears here.')}</p>`
    : html`<p>${l10n.t('Nothing captured yet.')}</p>
        <p>${l10n.t('Start the server, then open one of its pages: every request appears here.')}</p>
        <button class="primary" @click=${startServer}>${l10n.t('Start Server')}</button>`;
}

/** What is shown instead of an exchange. */
export function nothingSelected(
  gone: GoneExchange | null,
  list: ListState | null,
): TemplateResult | typeof nothing {
  if (gone !== null) return html`<p>${gone.reason}</p>`;
  if ((list?.summary.exchanges ?? 0) === 0) return nothing;
  return html`<p>${l10n.t('Select an exchange to see its bytes and what they mean.')}</p>`;
}
