/**
 * The methods that are registered with IANA (RFC 9110 section 16.1.1): a server that does not serve one of them knows it
 * all the same, and answers 405; one that is not here means nothing to anybody, and is answered 501 (section 9.1).
 */
const registered = new Set(
  (
    'ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY ' +
    'MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PRI PROPFIND PROPPATCH PUT QUERY ' +
    'REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL'
  ).split(' '),
);

/** Methods are compared in the case in which they stand (RFC 9110 section 9.1): `get` is none of them. */
export function isRegisteredMethod(method: string): boolean {
  return registered.has(method);
}
