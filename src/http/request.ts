import { equalsIgnoreCase, latin1 } from './bytes.ts';
import type { HeadBuffer, TargetForm } from './headBuffer.ts';
import type { Request } from './message.ts';
import { recurringText } from './recurringText.ts';

/**
 * A view of the head that a parser holds: strings are made when they are asked for, and never twice. One object serves
 * all requests of a connection, one after the other.
 */
export class ParsedRequest implements Request {
  hasBody = false;
  private readonly head: HeadBuffer;
  private methodText = '';
  private targetText = '';
  private hostText: string | null = null;
  /** The last host, as sent and in lower case: mostly the next request is for the same one. */
  private sentHost = '';
  private lowerHost = '';

  constructor(head: HeadBuffer) {
    this.head = head;
  }

  /** A new head is complete. */
  renew(hasBody: boolean): this {
    this.hasBody = hasBody;
    this.methodText = '';
    this.targetText = '';
    this.hostText = null;
    return this;
  }

  get method(): string {
    if (this.methodText === '') this.methodText = this.recurring(this.head.methodStart, this.head.methodEnd);
    return this.methodText;
  }

  get target(): string {
    if (this.targetText === '') this.targetText = this.recurring(this.head.targetStart, this.head.targetEnd);
    return this.targetText;
  }

  get form(): TargetForm {
    return this.head.form;
  }

  get path(): string {
    const { targetStart, pathStart, queryStart } = this.head;
    const path = this.target.slice(pathStart - targetStart, queryStart - targetStart);
    // An absolute URI without a path names the root (RFC 9110 section 4.2.3).
    return path === '' && this.head.form === 'absolute' ? '/' : path;
  }

  get query(): string | null {
    const { targetStart, targetEnd, queryStart } = this.head;
    return queryStart === targetEnd ? null : this.target.slice(queryStart + 1 - targetStart);
  }

  get host(): string {
    if (this.hostText === null) {
      const sent = this.recurring(this.head.hostStart, this.head.hostEnd);
      if (sent !== this.sentHost) {
        this.sentHost = sent;
        this.lowerHost = sent.toLowerCase();
      }
      this.hostText = this.lowerHost;
    }
    return this.hostText;
  }

  get minorVersion(): number {
    return this.head.minorVersion;
  }

  field(name: string): string | undefined {
    const { head } = this;
    if (!head.mayHaveName(name.length)) return undefined;
    let value: string | undefined;
    for (let field = 0; field < head.fieldCount; field++) {
      if (
        !equalsIgnoreCase(
          head.bytes,
          head.base + head.nameStart(field),
          head.base + head.nameEnd(field),
          name,
        )
      ) {
        continue;
      }
      const line = this.text(head.valueStart(field), head.valueEnd(field));
      value = value === undefined ? line : `${value}, ${line}`;
    }
    return value;
  }

  fields(): [name: string, value: string][] {
    const { head } = this;
    return Array.from({ length: head.fieldCount }, (_, field) => [
      this.text(head.nameStart(field), head.nameEnd(field)),
      this.text(head.valueStart(field), head.valueEnd(field)),
    ]);
  }

  private recurring(start: number, end: number): string {
    return recurringText(this.head.bytes, this.head.base + start, this.head.base + end);
  }

  private text(start: number, end: number): string {
    return latin1(this.head.bytes, this.head.base + start, this.head.base + end);
  }
}
