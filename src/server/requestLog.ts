import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { ConnectionRecorder, Recorder } from '../models/served.ts';
import type { SocketAddress } from '../sockets/transport.ts';

/** What the command line tells of the server's life with `--json`, one object a line. Times are ISO 8601. */
export type ServerEvent =
  | { readonly event: 'listening'; readonly time: string; readonly url: string }
  | {
      readonly event: 'exchange';
      readonly time: string;
      readonly connection: number;
      readonly peer: string;
      readonly method: string;
      readonly target: string;
      /** 0 where the connection ended before there was an answer. */
      readonly status: number;
      readonly requestBytes: number;
      readonly responseBytes: number;
      readonly milliseconds: number;
      /** The rule that the request broke, and the offending byte; null where it was well-formed. */
      readonly violation: { readonly rule: string; readonly offset: number } | null;
      readonly aborted: boolean;
    }
  | { readonly event: 'log'; readonly time: string; readonly level: string; readonly message: string }
  | { readonly event: 'stopped'; readonly time: string };

/** Tells of each exchange when it has ended. */
export class RequestLog implements Recorder {
  private readonly tell: (event: ServerEvent) => void;
  private connectionCount = 0;

  constructor(tell: (event: ServerEvent) => void) {
    this.tell = tell;
  }

  opened(peer: SocketAddress): { id: number; recorder: ConnectionRecorder } {
    const id = ++this.connectionCount;
    const from = `${peer.address}:${peer.port}`;
    return { id, recorder: new ExchangeLog((exchange) => this.tell(exchangeEvent(id, from, exchange))) };
  }
}

class ExchangeLog implements ConnectionRecorder {
  private readonly ended: (exchange: Exchange) => void;

  constructor(ended: (exchange: Exchange) => void) {
    this.ended = ended;
  }

  exchangeChanged(exchange: Exchange): void {
    if (exchange.endedAt > 0) this.ended(exchange);
  }

  received(): void {}
  sent(): void {}
  stateChanged(_state: ConnectionState): void {}
  closed(): void {}
}

function exchangeEvent(connection: number, peer: string, exchange: Exchange): ServerEvent {
  return {
    event: 'exchange',
    time: new Date(exchange.startedAt).toISOString(),
    connection,
    peer,
    method: exchange.method,
    target: exchange.target,
    status: exchange.status,
    requestBytes: exchange.requestEnd - exchange.requestStart,
    responseBytes: exchange.responseStart < 0 ? 0 : exchange.responseEnd - exchange.responseStart,
    milliseconds: Math.round((exchange.endedAt - exchange.startedAt) * 1000) / 1000,
    violation: exchange.violation && { rule: exchange.violation.rule, offset: exchange.violation.offset },
    aborted: exchange.aborted,
  };
}

/** The event as a line for a person. What came from the wire cannot steer the terminal: controls are shown as \xNN. */
export function eventLine(event: ServerEvent): string {
  switch (event.event) {
    case 'listening':
      return `Spark is listening on ${event.url}`;
    case 'exchange': {
      const request = event.method === '' ? '(malformed request)' : `${event.method} ${event.target}`;
      const rule =
        event.violation === null ? '' : ` ${event.violation.rule} at byte ${event.violation.offset}`;
      const cut = event.aborted ? ' (cut off)' : '';
      return `${printable(request)} ${event.status} ${event.responseBytes} B ${event.milliseconds} ms${rule}${cut}`;
    }
    case 'log':
      return `${event.level}: ${printable(event.message)}`;
    case 'stopped':
      return 'Spark has stopped.';
  }
}

function printable(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || (code >= 0x7f && code < 0xa0)
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : character;
  }).join('');
}
