import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';

/** The connection of an exchange that has it to itself. */
export const onlyExchange: ExchangeDetail['connection'] = {
  exchangeNumber: 1,
  requestStart: 0,
  responseStart: 0,
  readWithPrevious: false,
  readWithNext: false,
  openedAt: 0,
  closedAt: 0,
  closeReason: '',
  exchangeCount: 1,
  tls: '',
};
