/** RFC 9112 section 3.2. */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk';

const initialStorage = 1024;
/** Storage beyond this is released after a message, so that one large header section does not hold memory for good. */
const keptStorage = 16 * 1024;

/** What follows from a header section's own bytes alone. Offsets count from its start. */
export interface SectionFacts {
  readonly fieldCount: number;
  readonly nameLengths: number;
  readonly hostStart: number;
  readonly hostEnd: number;
  readonly connectionClose: boolean;
  readonly connectionKeepAlive: boolean;
  readonly expectsContinue: boolean;
}

/**
 * The bytes of a message's start line and header section, and where its tokens lie in them. While the whole head lies
 * in the piece of input being parsed, that is used in place; a head cut by the end of a piece is copied together.
 * Offsets count from the first byte of the message; starts are inclusive, ends exclusive.
 */
export class HeadBuffer {
  /** Holds the byte at offset `o` at index `base + o`. */
  bytes: Uint8Array = new Uint8Array(0);
  base = 0;
  /** Index after the last byte of input in `bytes`. */
  limit = 0;

  /** End of the header section; 0 until it is complete. */
  end = 0;
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  majorVersion = 1;
  minorVersion = 1;
  /** Status code of a response. */
  status = 0;
  /** Where the start line has ended and the header section starts. */
  sectionStart = 0;
  fieldCount = 0;

  // Found while the head was validated.
  form: TargetForm = 'origin';
  /** The host in the target's authority or the Host field, without port. */
  hostStart = 0;
  hostEnd = 0;
  /** Whether the host comes from the target, which then overrules the Host field (RFC 9112 section 3.2.2). */
  hostInTarget = false;
  pathStart = 0;
  /** Offset of the target's "?", or its end where it has none. */
  queryStart = 0;
  connectionClose = false;
  connectionKeepAlive = false;
  expectsContinue = false;

  /** Offsets from the start of the section: four for each field. */
  private readonly fields: Int32Array;
  /** One bit for each length of a field name, modulo 32, that occurs. */
  private nameLengths = 0;
  private storage: Uint8Array = this.bytes;
  private stored = 0;

  constructor(mostFields: number) {
    this.fields = new Int32Array(mostFields * 4);
  }

  reset(): void {
    this.limit = 0;
    this.end = 0;
    this.methodEnd = 0;
    this.targetEnd = 0;
    this.status = 0;
    this.majorVersion = 1;
    this.minorVersion = 1;
    this.fieldCount = 0;
    this.nameLengths = 0;
    this.hostStart = 0;
    this.hostEnd = 0;
    this.hostInTarget = false;
    this.connectionClose = false;
    this.connectionKeepAlive = false;
    this.expectsContinue = false;
    this.stored = 0;
    if (this.storage.length > keptStorage) this.storage = new Uint8Array(0);
  }

  /** Makes the next piece of input readable; `offset` bytes of the message came before it. */
  attach(bytes: Uint8Array, start: number, end: number, offset: number): void {
    if (this.stored === 0) {
      this.bytes = bytes;
      this.base = start - offset;
      this.limit = end;
    } else {
      this.append(bytes, start, end);
    }
  }

  /**
   * Copies the first `length` bytes of the message where they lie in the input, since the input does not outlast the
   * call that brought it.
   */
  keep(length: number): void {
    if (this.stored > 0 || length === 0) return;
    this.append(this.bytes, this.base, this.base + length);
  }

  addField(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const row = this.fieldCount * 4;
    const { fields, sectionStart } = this;
    fields[row] = nameStart - sectionStart;
    fields[row + 1] = nameEnd - sectionStart;
    fields[row + 2] = valueStart - sectionStart;
    fields[row + 3] = valueEnd - sectionStart;
    this.fieldCount++;
    this.nameLengths |= 1 << (nameEnd - nameStart);
  }

  /** False where no field has a name of this length. That alone settles most lookups of absent fields. */
  mayHaveName(length: number): boolean {
    return (this.nameLengths & (1 << length)) !== 0;
  }

  nameStart(field: number): number {
    return this.sectionStart + this.fields[field * 4];
  }

  nameEnd(field: number): number {
    return this.sectionStart + this.fields[field * 4 + 1];
  }

  valueStart(field: number): number {
    return this.sectionStart + this.fields[field * 4 + 2];
  }

  valueEnd(field: number): number {
    return this.sectionStart + this.fields[field * 4 + 3];
  }

  /** The facts of the section. Only where the host comes from the Host field, not from the target. */
  sectionFacts(): SectionFacts {
    const { fieldCount, nameLengths, sectionStart, connectionClose, connectionKeepAlive, expectsContinue } =
      this;
    return {
      fieldCount,
      nameLengths,
      hostStart: this.hostStart - sectionStart,
      hostEnd: this.hostEnd - sectionStart,
      connectionClose,
      connectionKeepAlive,
      expectsContinue,
    };
  }

  /**
   * Takes over the facts of a section with the same bytes. The offsets of its fields must still be in place: no field was
   * added since.
   */
  recallSection(facts: SectionFacts): void {
    this.fieldCount = facts.fieldCount;
    this.nameLengths = facts.nameLengths;
    this.connectionClose = facts.connectionClose;
    this.connectionKeepAlive = facts.connectionKeepAlive;
    this.expectsContinue = facts.expectsContinue;
    if (this.hostInTarget) return;
    this.hostStart = this.sectionStart + facts.hostStart;
    this.hostEnd = this.sectionStart + facts.hostEnd;
  }

  private append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.stored + end - start;
    if (this.storage.length < length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.storage.length, initialStorage));
      larger.set(this.storage.subarray(0, this.stored));
      this.storage = larger;
    }
    this.storage.set(bytes.subarray(start, end), this.stored);
    this.stored = length;
    this.bytes = this.storage;
    this.base = 0;
    this.limit = length;
  }
}
