import { sameBytes } from './bytes.ts';
import type { HeadBuffer, SectionFacts } from './headBuffer.ts';

/** Longer sections are not worth the memory that each connection would keep for them. */
const longest = 4 * 1024;
const initialStorage = 1024;
/** After so many sections in a row that were unlike the one before, a client is assumed never to repeat itself. */
const patience = 4;
/** Of such a client's sections, only one in so many is remembered: it may change its habits. */
const seldom = 16;

/**
 * The header section of the previous request, to recognise it when it comes again on the same connection: a browser sends
 * the same fields for each picture of a page, and only the request line tells the requests apart.
 *
 * Such a section need not be parsed again, because:
 * - Where a header section ends, which fields it has and whether they are well-formed depends on its own bytes alone,
 *   from the end of the request line on. No state of the parser is carried into it. So a parser that reads the same bytes
 *   from there does the same, and stops at the same byte: after the empty line, which is the last of what is
 *   remembered. What follows is never looked at.
 * - All of the bytes are compared, so equal sections are not guessed. A section that has not come as a whole, or in which
 *   one byte differs, is parsed from its beginning, as if nothing were remembered.
 * - Offsets of fields count from the start of their section (`HeadBuffer`), so that they hold behind a request line of
 *   any length.
 * - What the fields mean beyond their own bytes depends on two things in the request line. Whether a Host field must be
 *   there, and whether Expect and Transfer-Encoding may, depends on the minor version: only sections of HTTP/1.1 are
 *   remembered, and recalled for HTTP/1.1. Which host the request is for depends on the target: the Host field is overruled
 *   by an absolute one anew each time (RFC 9112 section 3.2.2). The target itself is always parsed and checked.
 * - Only well-formed sections after which no body follows are remembered: whatever delimits a body is parsed each time.
 *   Nor are sections that break a rule: they end their connection.
 * - There is no observer: one has to be told every token, and so needs every byte parsed.
 */
export class RepeatedSection {
  private bytes: Uint8Array = new Uint8Array(0);
  /** Bytes of the remembered section; 0 where none is remembered. */
  private length = 0;
  private facts: SectionFacts | null = null;
  /** Sections in a row that were unlike the one before, and those passed over since one was remembered. */
  private misses = 0;
  private passed = 0;

  /** Forgets the section: the head is about to hold another one. */
  forget(): void {
    if (this.length > 0) this.misses++;
    this.length = 0;
  }

  /**
   * The index where the section at `start` ends, if it equals the remembered one; -1 if it does not, or is not complete
   * by `stop` (exclusive). The head holds the request line.
   */
  endOf({ minorVersion }: HeadBuffer, bytes: Uint8Array, start: number, stop: number): number {
    const end = start + this.length;
    if (this.length === 0 || minorVersion === 0 || end > stop) return -1;
    if (!sameBytes(bytes, start, this.bytes, this.length)) return -1;
    this.misses = 0;
    return end;
  }

  /** Gives a head, whose section has just been found to equal the remembered one, what is known of that. */
  recall(head: HeadBuffer): void {
    if (this.facts !== null) head.recallSection(this.facts);
  }

  /** A section was parsed: it is well-formed, and no body follows it. */
  remember(head: HeadBuffer): void {
    const length = head.end - head.sectionStart;
    if (length > longest || head.minorVersion === 0 || head.hostInTarget) return;
    // A client that asks for the connection's end sends no other request.
    if (head.connectionClose || (this.misses >= patience && ++this.passed % seldom !== 0)) return;
    if (this.bytes.length < length) this.bytes = new Uint8Array(Math.max(length, initialStorage));
    const start = head.base + head.sectionStart;
    this.bytes.set(head.bytes.subarray(start, start + length));
    this.length = length;
    this.facts = head.sectionFacts();
  }
}
