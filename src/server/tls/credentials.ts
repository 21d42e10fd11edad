/** The certificate that a server shows: the user's, or one that is made on the spot. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { ServerSettings } from '../../protocol/server.ts';
import type { Credentials } from '../../sockets/secureTransport.ts';
import { madeCertificate } from './madeCertificate.ts';

/** The certificate that was asked for cannot be used; the message is for the user. */
export class CertificateError extends Error {}

/** Rejects with CertificateError. */
export async function credentialsOf(
  { https, root, host, allowHosts }: ServerSettings,
  log: (message: string) => void,
): Promise<Credentials> {
  const { cert, key, pfx, passphrase, kept } = https;
  const read = (file: string, setting: string): Buffer => readNamed(resolve(root, file), setting);
  if (pfx !== '') return checked({ pfx: read(pfx, 'pfx'), passphrase }, 'spark.https.pfx (--pfx)');
  if (cert !== '' && key !== '') {
    const credentials = { cert: read(cert, 'cert'), key: read(key, 'key') };
    const withPassphrase = passphrase === '' ? credentials : { ...credentials, passphrase };
    return checked(withPassphrase, 'spark.https.cert (--cert) and spark.https.key (--key)');
  }
  if (cert !== '' || key !== '') {
    const [there, missing] = cert === '' ? ['key', 'cert'] : ['cert', 'key'];
    throw new CertificateError(
      `spark.https.${there} (--${there}) is set, but spark.https.${missing} (--${missing}) is not: a certificate needs its key. Set both, or neither to have a certificate made.`,
    );
  }
  const made = await madeCertificate(kept, [host, ...allowHosts]);
  if (made.isNew && made.file !== '')
    log(
      `A certificate was made, valid until ${made.validTo.toDateString()}. To trust it, import ${made.file}.`,
    );
  return { cert: made.cert, key: made.key };
}

function readNamed(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CertificateError(
      `The file ${file} of spark.https.${setting} (--${setting}) cannot be read (${code}). Name one that exists and may be read.`,
    );
  }
}

/** Whether they can be used is found now, and not at the first handshake. */
function checked(credentials: Credentials, setting: string): Credentials {
  try {
    createSecureContext(credentials);
    return credentials;
  } catch (error) {
    throw new CertificateError(`${setting} cannot be used: ${causeOf(error)}`);
  }
}

function causeOf(error: unknown): string {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'the key is not that of the certificate.';
  if (/mac verify failure|bad decrypt|passphrase|interrupted or cancelled/i.test(message))
    return 'the passphrase is missing or wrong (spark.https.passphrase, --passphrase).';
  if (/unsupported/i.test(message))
    return `its encryption is not supported (${message}). Export it again with a newer program.`;
  if (/no start line/i.test(message)) return 'it is not in PEM format.';
  if (/wrong tag|not enough data|header too long/i.test(message))
    return 'it is not in the format that it should be.';
  return `${message || code}.`;
}
