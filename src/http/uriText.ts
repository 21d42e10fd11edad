/** What stands in no path and no query of a URI (RFC 3986 appendix A), a "%" that encodes nothing included. */
const misplaced = /%(?![0-9A-Fa-f]{2})|[^-._~!$&'()*+,;=:@/?%0-9A-Za-z]/g;

/**
 * Path and query of a request target as a URI has them: browsers send "|", "[" and others as they are, but what is
 * generated has to follow the grammar (RFC 9110 section 2.2). Whoever decodes it finds the same characters.
 */
export function uriText(pathAndQuery: string): string {
  return pathAndQuery.replace(misplaced, encodeURIComponent);
}
