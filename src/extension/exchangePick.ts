import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import { markedKeys } from '../capture/exchangeKeys.ts';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import { byteSize, durationText, labelText } from './displayText.ts';
import { notify } from './notices.ts';

/** How many of the newest exchanges are offered; of those before them, only marked ones are. */
const mostRecent = 200;
/** The newest exchanges, among which those of the same target are looked for. */
const mostLookedAt = 5000;

type Item = vscode.QuickPickItem & { readonly key?: ExchangeKey };

/** Asks for an exchange other than the one given: those that were marked first, then the newest. Null: none. */
export async function pickExchange(
  capture: CaptureSource,
  title: string,
  other: ExchangeRow | null,
): Promise<ExchangeKey | null> {
  const rows = capture
    .rows(capture.count - mostLookedAt, capture.count)
    .filter(({ key }) => key !== other?.key);
  const marked = markedKeys(capture)
    .flatMap((key) => {
      const index = capture.indexOf(key);
      return key === other?.key ? [] : capture.rows(index, index + 1);
    })
    .toReversed();
  const alike = rows
    .filter((row) => !row.marked && other !== null && row.target === other.target)
    .slice(-mostRecent)
    .toReversed();
  const recent = rows
    .slice(-mostRecent)
    .filter((row) => !row.marked && !alike.includes(row))
    .toReversed();
  const items: Item[] = [
    ...group(vscode.l10n.t('Marked'), marked),
    ...group(vscode.l10n.t('Same target'), alike),
    ...group(vscode.l10n.t('Newest first'), recent),
  ];
  if (items.length === 0) {
    notify(
      'information',
      other === null
        ? vscode.l10n.t('Nothing was captured yet: open a page of the server first.')
        : vscode.l10n.t('No other exchange is stored.'),
    );
    return null;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Which exchange?'),
    matchOnDescription: true,
  });
  return picked?.key ?? null;
}

function group(label: string, rows: readonly ExchangeRow[]): Item[] {
  if (rows.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows.map(itemOf)];
}

function itemOf(row: ExchangeRow): Item {
  const status = row.status === 0 ? vscode.l10n.t('none yet') : String(row.status);
  const parts = [status, byteSize(row.responseSize)];
  if (row.duration !== null) parts.push(durationText(row.duration));
  return {
    key: row.key,
    label: `${row.id} · ${requestText(row)}`,
    description: parts.join(' · '),
  };
}

function requestText({ method, target }: ExchangeRow): string {
  const text = labelText(`${method} ${target}`.trim());
  return text === '' ? vscode.l10n.t('(no request line)') : text;
}
