/**
 * The methods that are registered with IANA (RFC 9110 section 16.1.1). One of these that is not served is answered 405;
 * any other is unknown, and answered 501 (section 9.1).
 */
const registered = new Set(
  (
    'ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY ' +
    'MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PRI PROPFIND PROPPATCH PUT QUERY ' +
    'REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL'
  ).split(' '),
);

/** Methods are case-sensitive (RFC 9110 section 9.1): `get` is not one of them. */
export function isRegisteredMethod(method: string): boolean {
  return registered.has(method);
}
