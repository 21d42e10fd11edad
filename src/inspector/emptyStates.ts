import { html, nothing, type TemplateResult } from 'lit-html';
import type { GoneExchange, ListState } from './inspectorState.ts';

/** What stands in the place of a list without rows. */
export function nothingListed(
  list: ListState | null,
  startServer: () => void,
): TemplateResult | typeof nothing {
  if (list === null) return nothing;
  if (list.summary.exchanges === 0) return nothingCaptured(list, startServer);
  if (list.view.count > 0) return nothing;
  if (list.view.progress < 1) return html`<p>Searching what was captured …</p>`;
  return html`<p>No exchange passes the filter.</p>`;
}

function nothingCaptured({ serverRuns }: ListState, startServer: () => void): TemplateResult {
  return serverRuns
    ? html`<p>Nothing captured yet.</p>
        <p>The server is running: open one of its pages, and every request appears here.</p>`
    : html`<p>Nothing captured yet.</p>
        <p>Start the server, then open one of its pages: every request appears here.</p>
        <button class="primary" @click=${startServer}>Start Server</button>`;
}

/** What stands in the place of an exchange. */
export function nothingSelected(
  gone: GoneExchange | null,
  list: ListState | null,
): TemplateResult | typeof nothing {
  if (gone !== null) return html`<p>${gone.reason}</p>`;
  if ((list?.summary.exchanges ?? 0) === 0) return nothing;
  return html`<p>Select an exchange to see its bytes and what they mean.</p>`;
}
