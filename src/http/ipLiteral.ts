/**
 * Whether the text between "[" and "]" of a host is an IPv6 address or the address of a future version (RFC 3986
 * section 3.2.2). One with a zone identifier is not: that means nothing to another host.
 */
export function isIpLiteral(text: string): boolean {
  return isIpv6Address(text) || /^v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+$/i.test(text);
}

function isIpv6Address(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    const count = groupsOf(half, index === halves.length - 1);
    if (count < 0) return false;
    groups += count;
  }
  // "::" stands for one group of zeros at least.
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

/** Groups of 16 bits in part of an address, -1 where it is malformed; the end may be an IPv4 address, which is two. */
function groupsOf(part: string, last: boolean): number {
  if (part === '') return 0;
  const groups = part.split(':');
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) count++;
    else if (last && index === groups.length - 1 && isIpv4Address(group)) count += 2;
    else return -1;
  }
  return count;
}

function isIpv4Address(text: string): boolean {
  const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
  return new RegExp(`^(?:${octet}\\.){3}${octet}$`).test(text);
}
