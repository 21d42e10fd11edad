/** The certificate that is made where the user has none: for this machine's names, and kept, so that it is trusted once. */
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';

const day = 24 * 60 * 60 * 1000;
/** Longer, and browsers refuse it: CA/Browser Forum Baseline Requirements, section 6.3.2. */
const validDays = 397;
/** It is renewed before it ends, not in the middle of somebody's work. */
const renewedBefore = 14 * day;
const everybody = ['localhost', '127.0.0.1', '::1'];

/** A self-signed certificate with its key. */
export interface MadeCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly validTo: Date;
  readonly isNew: boolean;
  /** The file of the certificate, without the key, to be trusted; empty where it is not kept. */
  readonly file: string;
}

/**
 * The kept certificate, if it is good for all `hosts` and for a while yet; else a new one, which takes over the names of
 * the one before, so that servers do not take it from each other. `folder`: where it is kept; empty for nowhere.
 */
export async function madeCertificate(
  folder: string,
  hosts: readonly string[],
  now = Date.now(),
): Promise<MadeCertificate> {
  const file = folder === '' ? '' : path.join(folder, 'spark-certificate.pem');
  const wanted = [...new Set([...everybody, ...hosts.map(nameOf)])].filter(isName);
  const before = folder === '' ? null : keptIn(folder);
  if (before !== null && before.validTo.getTime() - now > renewedBefore) {
    if (wanted.every((name) => before.names.includes(name)))
      return { cert: before.cert, key: before.key, validTo: before.validTo, isNew: false, file };
  }
  const names = [...new Set([...wanted, ...(before?.names ?? [])])];
  const made = await make(names, now);
  if (folder !== '') {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Together in one file: another window may make one at the same time.
    replace(path.join(folder, 'spark-key-and-certificate.pem'), made.key + made.cert, 0o600);
    replace(file, made.cert, 0o644);
  }
  return { ...made, isNew: true, file };
}

interface Kept {
  readonly cert: string;
  readonly key: string;
  readonly validTo: Date;
  readonly names: readonly string[];
}

/** Null where there is none that can be used: then another one is made. */
function keptIn(folder: string): Kept | null {
  try {
    const pem = readFileSync(path.join(folder, 'spark-key-and-certificate.pem'), 'utf8');
    const at = pem.indexOf('-----BEGIN CERTIFICATE');
    const [key, cert] = [pem.slice(0, at), pem.slice(at)];
    const parsed = new X509Certificate(cert);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return null;
    const names = (parsed.subjectAltName ?? '')
      .split(', ')
      .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
      .map((name) => (isIP(name) === 6 ? shortest(name) : name));
    return { cert, key, validTo: new Date(parsed.validTo), names };
  } catch {
    return null;
  }
}

async function make(
  names: readonly string[],
  now: number,
): Promise<Pick<MadeCertificate, 'cert' | 'key' | 'validTo'>> {
  // It builds its classes with this one; both are loaded only where a certificate is made.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  // A clock that is a little behind shall not refuse it.
  const notBefore = new Date(now - day);
  const validTo = new Date(notBefore.getTime() + validDays * day - 1000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost, O=Spark (made on this machine)',
      notBefore,
      notAfter: validTo,
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
      ],
    },
    webcrypto as unknown as Crypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const pem = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
  });
  return { cert: `${certificate.toString('pem')}\n`, key: String(pem), validTo };
}

/** Whole or not at all: others may read it meanwhile. */
function replace(file: string, content: string, mode: number): void {
  const written = `${file}.${process.pid}`;
  writeFileSync(written, content, { mode });
  renameSync(written, file);
}

function nameOf(host: string): string {
  const name = host.toLowerCase().replace(/^\[|\](?::\d+)?$/g, '');
  if (isIP(name) === 6) return shortest(name);
  // A dot at the end says that the name is complete; certificates have names without it (RFC 5280 section 4.2.1.6).
  return isIP(name) === 4 ? name : name.replace(/:\d+$/, '').replace(/\.$/, '');
}

function shortest(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The unspecified addresses are nobody's, and `*` is no name. */
function isName(name: string): boolean {
  if (name === '0.0.0.0' || name === '::') return false;
  return isIP(name) !== 0 || /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name);
}
