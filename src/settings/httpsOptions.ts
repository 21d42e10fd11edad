/** Whether TLS is spoken, and with which certificate. */
import { anyText, fixed, onOff } from './kinds.ts';
import { option } from './option.ts';

export const httpsOptions = {
  enabled: option({
    kind: onOff(false),
    default: false,
    flag: {
      name: 'https',
      help: 'speak HTTPS; without --cert or --pfx, with a certificate made on the spot',
    },
    setting: 'https.enabled',
  }),
  cert: option({
    kind: anyText('FILE'),
    default: '',
    flag: { name: 'cert', help: 'the certificate, as PEM, with those above it' },
    setting: 'https.cert',
  }),
  key: option({
    kind: anyText('FILE'),
    default: '',
    flag: { name: 'key', help: "the certificate's private key, as PEM" },
    setting: 'https.key',
  }),
  pfx: option({
    kind: anyText('FILE'),
    default: '',
    flag: { name: 'pfx', help: 'certificate and key in one PKCS #12 file, instead' },
    setting: 'https.pfx',
  }),
  passphrase: option({
    kind: anyText('TEXT'),
    default: '',
    flag: { name: 'passphrase', help: 'of the key, or of the PKCS #12 file' },
    setting: 'https.passphrase',
    secret: true,
  }),
  kept: option({ kind: fixed<string>(), default: '' }),
};
