import { equalsIgnoreCase, latin1 } from './bytes.ts';
import type { HeadBuffer } from './headBuffer.ts';
import type { Request, TargetForm } from './message.ts';

/** A view of the head that a parser holds: strings are made when they are asked for, and never twice. */
export class ParsedRequest implements Request {
  readonly hasBody: boolean;
  private readonly head: HeadBuffer;
  private methodText = '';
  private targetText = '';

  constructor(head: HeadBuffer, hasBody: boolean) {
    this.head = head;
    this.hasBody = hasBody;
  }

  get method(): string {
    if (this.methodText === '') this.methodText = this.text(this.head.methodStart, this.head.methodEnd);
    return this.methodText;
  }

  get target(): string {
    if (this.targetText === '') this.targetText = this.text(this.head.targetStart, this.head.targetEnd);
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
    return this.text(this.head.hostStart, this.head.hostEnd).toLowerCase();
  }

  get minorVersion(): number {
    return this.head.minorVersion;
  }

  field(name: string): string | undefined {
    const { head } = this;
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

  private text(start: number, end: number): string {
    return latin1(this.head.bytes, this.head.base + start, this.head.base + end);
  }
}
