import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import { allKeys } from '../capture/exchangeKeys.ts';
import { connectionKeyOf } from '../capture/followConnection.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
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

/** The connection that a menu's argument names as a whole; null where it names none, or an exchange on it. */
export function connectionOf(argument: unknown): ConnectionKey | null {
  if (isElement(argument, 'connection')) {
    return connectionKeyOf(argument.run.description.id, argument.connection.record.id);
  }
  if (typeof argument !== 'object' || argument === null) return null;
  if (!('connection' in argument) || 'exchange' in argument) return null;
  return typeof argument.connection === 'string' ? argument.connection : null;
}

/** The exchanges that a menu's argument names: one, or all of a connection or server. Null where it names none. */
export function keysOf({ store }: ExchangeServices, argument: unknown): readonly ExchangeKey[] | null {
  if (typeof argument === 'string') return [argument];
  if (isElement(argument, 'exchange')) return [argument.row.key];
  const connection = connectionOf(argument);
  if (connection !== null) return store.exchangesOf(connection);
  if (isElement(argument, 'server')) {
    const prefix = `${argument.run?.description.id ?? ''}/`;
    return allKeys(store).filter((key) => key.startsWith(prefix));
  }
  if (typeof argument !== 'object' || argument === null) return null;
  if (!('exchange' in argument)) return null;
  return typeof argument.exchange === 'string' && argument.exchange !== '' ? [argument.exchange] : null;
}

/** The exchange that a command is for: given, or selected in the inspector. Null where there is none, and says so. */
export function oneExchange(services: ExchangeServices, argument: unknown): ExchangeDetail | null {
  const detail = givenOrSelected(services, argument);
  if (detail === null) notify('information', vscode.l10n.t('Select an exchange in the inspector first.'));
  return detail;
}

/** As `oneExchange`, but says nothing where there is none. */
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
