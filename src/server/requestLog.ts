import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { ConnectionRecorder, Recorder } from '../models/served.ts';
import type { ExchangeEvent, ServerEvent } from '../protocol/serverEvent.ts';
import type { Numbering } from '../protocol/worker.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import { loggedTarget } from './loggedTarget.ts';

/** Tells of each exchange when it has ended. */
export class RequestLog implements Recorder {
  private readonly tell: (event: ExchangeEvent) => void;
  private next: number;
  private readonly step: number;

  constructor({ connection, step }: Numbering, tell: (event: ExchangeEvent) => void) {
    this.tell = tell;
    this.next = connection;
    this.step = step;
  }

  opened(peer: SocketAddress): { id: number; recorder: ConnectionRecorder } {
    const id = this.next;
    this.next += this.step;
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

  sent(): boolean {
    return false;
  }

  readonly heldAhead = 0;
  sentFile(): void {}

  stateChanged(_state: ConnectionState): void {}
  closed(): void {}
}

function exchangeEvent(connection: number, peer: string, exchange: Exchange): ExchangeEvent {
  return {
    event: 'exchange',
    time: new Date(exchange.startedAt).toISOString(),
    connection,
    peer,
    method: exchange.method,
    target: loggedTarget(exchange.target),
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
