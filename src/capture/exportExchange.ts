import { capturedRequest, capturedResponse } from '../http/captured.ts';
import { MessageFacts, type MessageInput } from '../http/findings/exchangeFacts.ts';
import type { Finding } from '../http/findings/finding.ts';
import { findingsOf } from '../http/findings/findings.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';

/** One message as it is exported. */
export interface ExportedMessage {
  readonly detail: MessageDetail;
  /** What was kept from the first byte on, without a gap. */
  readonly bytes: Uint8Array;
  readonly facts: MessageFacts;
  /** Whether every byte of it was kept. */
  readonly whole: boolean;
}

/** An exchange with the meaning of its bytes: what all formats are made from. */
export interface ExportedExchange {
  readonly detail: ExchangeDetail;
  readonly request: ExportedMessage;
  readonly response: ExportedMessage;
  /** Errors first, then warnings, then notes. */
  readonly findings: readonly Finding[];
}

/** Parses an exchange's kept bytes, and looks for findings in it. */
export function exportedExchange(detail: ExchangeDetail): ExportedExchange {
  const { row, times, connection } = detail;
  const refused = row.rule === '' ? null : { rule: row.rule, offset: detail.ruleOffset };
  const requestBytes = firstKept(detail.request);
  const responseBytes = firstKept(detail.response);
  const request = inputOf(detail.request, requestBytes, {
    ...capturedRequest(requestBytes, detail.request.length, refused),
  });
  const { length, complete } = detail.response;
  const response = inputOf(detail.response, responseBytes, {
    ...capturedResponse(responseBytes, length, row.method, complete),
  });
  const findings = findingsOf({
    request,
    response,
    ...times,
    aborted: row.aborted,
    exchangeNumber: connection.exchangeNumber,
    readWithPrevious: connection.readWithPrevious,
    readWithNext: connection.readWithNext,
    closeReason: connection.closeReason,
  });
  return {
    detail,
    request: messageOf(detail.request, request),
    response: messageOf(detail.response, response),
    findings,
  };
}

/** A token of a start line, or a part of a field: one character per byte. */
export function tokenText({ facts }: ExportedMessage, token: Parameters<MessageFacts['token']>[0]): string {
  return latin1(facts, facts.token(token));
}

function latin1({ input }: MessageFacts, part: { start: number; end: number } | null): string {
  return part === null ? '' : Buffer.from(input.bytes.subarray(part.start, part.end)).toString('latin1');
}

/** The fields of a message in wire order, whole: one character per byte. */
export function fieldsOf({ facts }: ExportedMessage): { name: string; value: string }[] {
  return facts.fields.map(({ namePart, valuePart }) => ({
    name: latin1(facts, namePart),
    value: latin1(facts, valuePart),
  }));
}

/** The data of a body, without what delimits chunks, as far as it was kept. */
export function bodyData({ facts, bytes }: ExportedMessage): Uint8Array {
  return Buffer.concat(
    facts.data.map(({ start, end }) => bytes.subarray(start, Math.min(end, bytes.length))),
  );
}

function inputOf(
  { length, complete, segments }: MessageDetail,
  bytes: Uint8Array,
  meaning: Pick<MessageInput, 'spans' | 'violation'>,
): MessageInput {
  return { bytes, length, complete, ...meaning, transfers: segments };
}

function messageOf(detail: MessageDetail, input: MessageInput): ExportedMessage {
  return {
    detail,
    bytes: input.bytes,
    facts: new MessageFacts(input),
    whole: input.bytes.length === detail.length,
  };
}

function firstKept({ kept }: MessageDetail): Uint8Array {
  const [first] = kept;
  return first?.offset === 0 ? first.bytes : new Uint8Array(0);
}

/** Where the server listened, as it stands in a URL; a loopback address where that is not known. */
export function authorityOf({ local }: ExchangeDetail): string {
  const { host, port } = serverAddress(local);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An IPv4-mapped IPv6 address as the IPv4 one; a loopback address where it is not known. */
export function serverAddress({ address, port }: { address: string; port: number }): {
  host: string;
  port: number;
} {
  return { host: address === '' ? '127.0.0.1' : address.replace(/^::ffff:(?=[\d.]+$)/i, ''), port };
}
