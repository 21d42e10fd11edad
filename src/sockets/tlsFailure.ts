/** Whether an error code is one of TLS, and not of the socket below it. */
export function isTlsFailure(code: string): boolean {
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}

/** Why a client and this server do not come to speak TLS, in a sentence (alerts: RFC 8446 section 6). */
export function tlsFailure(code: string): string {
  const alert = /_ALERT_(.*)$/.exec(code)?.[1] ?? '';
  switch (alert) {
    case 'UNKNOWN_CA':
    case 'CERTIFICATE_UNKNOWN':
    case 'BAD_CERTIFICATE':
      return `The client does not trust the certificate (${code}). Trust it there, or let Spark use one that is trusted (spark.https.cert, --cert).`;
    case 'CERTIFICATE_EXPIRED':
      return `The client refuses the certificate, which has expired (${code}). Renew it.`;
    case 'ACCESS_DENIED':
    case 'HANDSHAKE_FAILURE':
      return `The client refused the TLS handshake (${code}).`;
  }
  switch (code) {
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `The client speaks no version of TLS that this server does: 1.2 or 1.3 (${code}).`;
    case 'ERR_SSL_NO_SHARED_CIPHER':
      return `Client and server have no TLS cipher in common (${code}).`;
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return 'The client did not finish the TLS handshake in time.';
    case 'ECONNRESET':
      return 'The client closed the connection during the TLS handshake: often it does not trust the certificate.';
    default:
      return `The TLS handshake failed (${code || 'for an unknown reason'}).`;
  }
}
