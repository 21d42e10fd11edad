import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import { isElement } from './connectionItems.ts';
import type { InspectorPanel } from './inspectorPanel.ts';
import { notify } from './notices.ts';

/** Where exchanges are, and which is selected. */
export interface ExchangeServices {
  readonly capture: CaptureSource;
  readonly store: CaptureStore;
  readonly inspector: InspectorPanel;
}

/** The exchanges that a menu's argument is about; null where it is about none. */
export function keysOf({ store }: ExchangeServices, argument: unknown): readonly ExchangeKey[] | null {
  if (typeof argument === 'string') return [argument];
  if (isElement(argument, 'exchange')) return [argument.row.key];
  if (isElement(argument, 'connection')) {
    const rows = store.newestExchanges(argument.connection, argument.connection.exchanges.length);
    return rows.map(({ key }) => key).toReversed();
  }
  if (isElement(argument, 'server')) {
    const prefix = `${argument.run?.description.id ?? ''}/`;
    return allKeys(store).filter((key) => key.startsWith(prefix));
  }
  if (typeof argument !== 'object' || argument === null) return null;
  if ('connection' in argument && typeof argument.connection === 'string' && !('exchange' in argument)) {
    return store.exchangesOf(argument.connection);
  }
  if (!('exchange' in argument)) return null;
  return typeof argument.exchange === 'string' && argument.exchange !== '' ? [argument.exchange] : null;
}

function allKeys(capture: CaptureSource): ExchangeKey[] {
  return capture.rows(0, capture.count).map(({ key }) => key);
}

/** The exchange that a command is for: given, or selected in the inspector. */
export function oneExchange(services: ExchangeServices, argument: unknown): ExchangeDetail | null {
  const detail = givenOrSelected(services, argument);
  if (detail === null) notify('information', vscode.l10n.t('Select an exchange in the inspector first.'));
  return detail;
}

/** As `oneExchange`; nobody is told where there is none. */
export function givenOrSelected(services: ExchangeServices, argument: unknown): ExchangeDetail | null {
  return givenExchange(services, argument) ?? selectedExchange(services);
}

function selectedExchange({ capture, inspector }: ExchangeServices): ExchangeDetail | null {
  const key = inspector.feed?.selectedExchange ?? null;
  return key === null ? null : capture.detail(key);
}

/** The exchange that a menu's argument is about. */
function givenExchange(services: ExchangeServices, argument: unknown): ExchangeDetail | null {
  const key = keysOf(services, argument)?.[0];
  return key === undefined ? null : services.capture.detail(key);
}
