import { visibleText } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import { formatCount } from './format.ts';

/** What some bytes read as. */
export interface Reading {
  readonly name: string;
  readonly text: string;
}

/** Bytes of a text that are shown. */
const textLimit = 256;
const textDecoders = [
  ['UTF-8', 'utf-8'],
  ['Windows-1252', 'windows-1252'],
  ['UTF-16 LE', 'utf-16le'],
  ['UTF-16 BE', 'utf-16be'],
] as const;

/**
 * What a selection reads as.
 *
 * @param bytes those of the selection that were kept
 * @param length bytes of the whole selection
 */
export function readingsOf(bytes: Uint8Array, length: number): readonly Reading[] {
  return [
    { name: l10n.t('Length'), text: `${formatCount(length)} (0x${length.toString(16).toUpperCase()})` },
    ...integers(bytes),
    ...texts(bytes),
    ...decoded(bytes),
  ];
}

/** Of 1, 2, 4 or 8 bytes: what they read as, in both orders. */
function integers(bytes: Uint8Array): Reading[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (bytes.length) {
    case 1:
      return [{ name: 'u8', text: String(view.getUint8(0)) }];
    case 2:
      return inBothOrders('u16', (isLittle) => view.getUint16(0, isLittle));
    case 4:
      return inBothOrders('u32', (isLittle) => view.getUint32(0, isLittle));
    case 8:
      return inBothOrders('u64', (isLittle) => view.getBigUint64(0, isLittle));
    default:
      return bytes.length < 8 && bytes.length > 0
        ? inBothOrders(`u${bytes.length * 8}`, (isLittle) => number(bytes, isLittle))
        : [];
  }
}

function number(bytes: Uint8Array, isLittle: boolean): bigint {
  const ordered = isLittle ? [...bytes].reverse() : [...bytes];
  return ordered.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function inBothOrders(name: string, read: (isLittle: boolean) => number | bigint): Reading[] {
  return [
    { name: `${name} LE`, text: String(read(true)) },
    { name: `${name} BE`, text: String(read(false)) },
  ];
}

function texts(bytes: Uint8Array): Reading[] {
  const beginning = bytes.subarray(0, textLimit);
  return textDecoders.flatMap(([name, label]) => {
    if (label.startsWith('utf-16') && (bytes.length < 2 || bytes.length % 2 !== 0)) return [];
    const text = new TextDecoder(label, { ignoreBOM: true }).decode(beginning);
    return [{ name, text: shown(new TextEncoder().encode(text), bytes.length > textLimit) }];
  });
}

/** Percent- and base64-decoded, where the bytes are so encoded. */
function decoded(bytes: Uint8Array): Reading[] {
  const readings: Reading[] = [];
  const isCut = bytes.length > textLimit;
  const text = String.fromCharCode(...bytes.subarray(0, textLimit));
  if (/%[\da-f]{2}/i.test(text))
    readings.push({ name: l10n.t('Percent-decoded'), text: shown(percentDecoded(text), isCut) });
  const unpadded = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  if (unpadded.length >= 4 && /^[A-Za-z\d+/]+$/.test(unpadded) && unpadded.length % 4 !== 1) {
    const octets = Uint8Array.from(atob(unpadded), (character) => character.charCodeAt(0));
    readings.push({ name: l10n.t('Base64-decoded'), text: shown(octets, isCut) });
  }
  return readings;
}

function percentDecoded(text: string): Uint8Array {
  const latin1 = text.replaceAll(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}

function shown(bytes: Uint8Array, isCut: boolean): string {
  return `${visibleText(bytes)}${isCut ? ' …' : ''}`;
}
