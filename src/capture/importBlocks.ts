import { l10n } from '../l10n/l10n.ts';
import { ImportProblem } from './importProblem.ts';

/** A packet as a pcapng file has it. */
export interface CapturedPacket {
  readonly linkType: number;
  /** As far as it was captured; a view of the file. */
  readonly bytes: Uint8Array;
  /** Bytes that it had on the wire. */
  readonly length: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly time: number;
  readonly comments: readonly string[];
  /** Spark wrote the file, and it has not been changed since. */
  readonly ofSpark: boolean;
}

/** Blocks and options of draft-ietf-opsawg-pcapng. */
const sectionHeaderBlock = 0x0a0d0d0a;
const interfaceBlock = 1;
const simplePacketBlock = 3;
const enhancedPacketBlock = 6;
const byteOrderMagic = 0x1a2b3c4d;
const optComment = 1;
const shbUserApplication = 4;
const ifTimeResolution = 9;
const ifTimeOffset = 14;
/** Comments of one packet that are read. */
const mostComments = 1000;

/** Whether a file begins as pcapng does. */
export function isPcapng(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === sectionHeaderBlock
  );
}

interface Interface {
  readonly linkType: number;
  readonly ticksPerSecond: bigint;
  readonly offsetSeconds: number;
  readonly snapLength: number;
}

/** A block without its type and its lengths. */
interface Block {
  readonly type: number;
  /** Where the block begins in the file. */
  readonly at: number;
  readonly body: DataView;
}

/**
 * The packets of a pcapng file, in its order. Blocks of other kinds are passed over.
 *
 * @param progress is told how many bytes were read
 * @throws ImportProblem where a block cannot be what it says
 */
export function* packetsOf(file: Uint8Array, progress: (bytes: number) => void): Generator<CapturedPacket> {
  const whole = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let section = { little: true, ofSpark: false, interfaces: [] as Interface[] };
  for (let at = 0; at < file.length; ) {
    if (at + 12 <= file.length && whole.getUint32(at) === sectionHeaderBlock) {
      section = { little: isLittleEndian(whole, at), ofSpark: false, interfaces: [] };
    }
    const block = blockAt(whole, at, section.little);
    const { type, body } = block;
    const packet = readBlock(block, section);
    if (type === sectionHeaderBlock) section.ofSpark = isOfSpark(body, section.little, at);
    if (packet !== null) yield packet;
    at += 12 + body.byteLength;
    progress(at);
  }
}

function isLittleEndian(whole: DataView, at: number): boolean {
  if (whole.getUint32(at + 8, true) === byteOrderMagic) return true;
  if (whole.getUint32(at + 8) === byteOrderMagic) return false;
  throw broken(at);
}

function blockAt(whole: DataView, at: number, little: boolean): Block {
  if (at + 12 > whole.byteLength) throw broken(at);
  const length = whole.getUint32(at + 4, little);
  if (length < 12 || length % 4 !== 0 || length > whole.byteLength - at) throw broken(at);
  if (whole.getUint32(at + length - 4, little) !== length) throw broken(at);
  const body = new DataView(whole.buffer, whole.byteOffset + at + 8, length - 12);
  return { type: whole.getUint32(at, little), at, body };
}

function broken(at: number): ImportProblem {
  return new ImportProblem(l10n.t('the block at byte {0} is cut off or broken. Write the file anew.', at));
}

function readBlock(
  block: Block,
  section: { readonly little: boolean; readonly ofSpark: boolean; readonly interfaces: Interface[] },
): CapturedPacket | null {
  const { type, body, at } = block;
  const { little, interfaces, ofSpark } = section;
  switch (type) {
    case interfaceBlock:
      interfaces.push(interfaceOf(block, little));
      return null;
    case enhancedPacketBlock: {
      if (body.byteLength < 20) throw broken(at);
      const device = interfaces.at(body.getUint32(0, little));
      const captured = body.getUint32(12, little);
      if (device === undefined || body.getUint32(0, little) >= interfaces.length) throw broken(at);
      if (captured > body.byteLength - 20) throw broken(at);
      const ticks = (BigInt(body.getUint32(4, little)) << 32n) | BigInt(body.getUint32(8, little));
      return {
        linkType: device.linkType,
        bytes: new Uint8Array(body.buffer, body.byteOffset + 20, captured),
        length: Math.max(captured, body.getUint32(16, little)),
        time: millisecondsOf(ticks, device),
        comments: commentsOf(body, 20 + padded(captured), little, at),
        ofSpark,
      };
    }
    case simplePacketBlock: {
      const [device] = interfaces;
      if (device === undefined || body.byteLength < 4) throw broken(at);
      const length = body.getUint32(0, little);
      const captured = Math.min(length, body.byteLength - 4, device.snapLength || length);
      const bytes = new Uint8Array(body.buffer, body.byteOffset + 4, captured);
      return { linkType: device.linkType, bytes, length, time: 0, comments: [], ofSpark };
    }
    default:
      return null;
  }
}

function millisecondsOf(ticks: bigint, { ticksPerSecond, offsetSeconds }: Interface): number {
  const seconds = Number(ticks / ticksPerSecond) + offsetSeconds;
  const fraction = Number(ticks % ticksPerSecond) / Number(ticksPerSecond);
  const time = seconds * 1000 + fraction * 1000;
  // The limit of a Date; a file may say anything.
  return time >= 0 && time <= 8.64e15 ? time : 0;
}

function interfaceOf({ body, at }: Block, little: boolean): Interface {
  if (body.byteLength < 8) throw broken(at);
  let ticksPerSecond = 1_000_000n;
  let offsetSeconds = 0;
  for (const { code, value } of optionsOf(body, 8, little, at)) {
    if (code === ifTimeResolution && value.byteLength >= 1) {
      const exponent = value.getUint8(0);
      ticksPerSecond = (exponent & 0x80) === 0 ? 10n ** BigInt(exponent) : 2n ** BigInt(exponent & 0x7f);
    }
    if (code === ifTimeOffset && value.byteLength >= 8) offsetSeconds = Number(value.getBigInt64(0, little));
  }
  return {
    linkType: body.getUint16(0, little),
    snapLength: body.getUint32(4, little),
    ticksPerSecond,
    offsetSeconds,
  };
}

function isOfSpark(body: DataView, little: boolean, at: number): boolean {
  if (body.byteLength < 16) throw broken(at);
  for (const { code, value } of optionsOf(body, 16, little, at)) {
    if (code === shbUserApplication) return textOf(value).startsWith('Spark ');
  }
  return false;
}

function commentsOf(body: DataView, from: number, little: boolean, at: number): string[] {
  const comments: string[] = [];
  for (const { code, value } of optionsOf(body, from, little, at)) {
    if (code === optComment && comments.length < mostComments) comments.push(textOf(value));
  }
  return comments;
}

function textOf({ buffer, byteOffset, byteLength }: DataView): string {
  return new TextDecoder().decode(new Uint8Array(buffer, byteOffset, byteLength));
}

function* optionsOf(
  body: DataView,
  from: number,
  little: boolean,
  at: number,
): Generator<{ code: number; value: DataView }> {
  for (let start = from; start < body.byteLength; ) {
    if (start + 4 > body.byteLength) throw broken(at);
    const code = body.getUint16(start, little);
    const length = body.getUint16(start + 2, little);
    if (code === 0) return;
    if (start + 4 + length > body.byteLength) throw broken(at);
    yield { code, value: new DataView(body.buffer, body.byteOffset + start + 4, length) };
    start += 4 + padded(length);
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
