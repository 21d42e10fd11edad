import type { ExplanationRow } from '../explanationRow.ts';

/**
 * Who is speaking, and how that is proved: section 11 of RFC 9110, cookies, tokens, signatures and certificates.
 */
export const authenticationFields: readonly ExplanationRow[] = [
  ['Accept-Signature', '9421#5.1', 'Asks the other side to sign its message, and which parts of it.'],
  ['Authentication-Control', '8053#4', 'Tells an interactive client how to go about signing in and out.'],
  ['Authentication-Info', '9110#11.6.3', 'Says more about a sign-in that succeeded.'],
  ['Authorization', '9110#11.6.2', 'Carries the credentials with which the client says who it is.'],
  ['Cert-Not-After', '8739#3.3', 'Says until when a short-lived certificate is valid.'],
  ['Cert-Not-Before', '8739#3.3', 'Says from when on a short-lived certificate is valid.'],
  ['Client-Cert', '9440#2.2', 'Passes on to a server behind a proxy the certificate that the client showed.'],
  ['Client-Cert-Chain', '9440#2.3', "Passes on the certificates that vouch for the client's."],
  [
    'Concealed-Auth-Export',
    '9729#5',
    'Passes on what a server behind a proxy needs to check a concealed sign-in.',
  ],
  ['Cookie', '6265#4.2', 'Gives back the cookies that the server has set before.'],
  ['Cookie2', '2965#3.3.5', 'Belonged to an attempt at other cookies that nobody took up.'],
  ['Detached-JWS', '9635#7.3.3', 'Carries a signature of the body.'],
  ['DPoP', '9449#4.1', 'Proves that the client holds the key to which its token is bound.'],
  ['DPoP-Nonce', '9449#8.1', 'Gives the client a number that its next proof must contain.'],
  ['Hobareg', '7486#6.1.1', 'Says whether a key for signing in is registered.'],
  [
    'Include-Referred-Token-Binding-ID',
    '8473#5.3',
    'Asks the client to bind its token to another server too.',
  ],
  ['Optional-WWW-Authenticate', '8053#3', 'Offers a way to sign in where it is not needed.'],
  ['OSCORE', '8613#11.1', 'Carries what is needed to open an encrypted message of constrained devices.'],
  ['Proxy-Authenticate', '9110#11.7.1', 'Says how to sign in at the proxy.'],
  ['Proxy-Authentication-Info', '9110#11.7.3', 'Says more about a sign-in at the proxy that succeeded.'],
  ['Proxy-Authorization', '9110#11.7.2', 'Carries credentials for the proxy.'],
  [
    'Replay-Nonce',
    '8555#6.5.1',
    'Gives the client a number for its next signed request, so that none can be sent twice.',
  ],
  ['Sec-Token-Binding', '8473#2', 'Binds tokens to a key of the client.'],
  ['Set-Cookie', '6265#4.1', 'Asks the client to keep a cookie, and to send it back with later requests.'],
  ['Signature', '9421#4.2', 'Carries signatures over parts of the message.'],
  ['Signature-Input', '9421#4.1', 'Says which parts of the message were signed, and how.'],
  ['WWW-Authenticate', '9110#11.6.1', 'Says how to sign in here.'],
];
