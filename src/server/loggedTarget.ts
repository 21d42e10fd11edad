import { liveReloadPath } from '../http/liveReload.ts';

const secretName =
  /token|secret|passw|passphrase|api[-_.]?key|signature|credential|session|^(?:auth|authorization|code|jwt|key|pwd|sid|sig)$/i;
/** RFC 3986 section 3.2.1. */
const userInfo = /\/\/[^/?#@\s]*@/g;
/** Without its value too, so that no text is looked at from each of its question marks anew. */
const parameter = /([?&;])([^=&;#]+)(=[^&;#]*)?/g;
const channel = new RegExp(`${liveReloadPath.replaceAll('.', '\\.')}[^/?#]+`, 'g');

/**
 * A request target as a log may keep it: without what would give its readers access to something. That is the path of the
 * live channel, user information, and the values of parameters with telling names. A capture has all of it.
 */
export function loggedTarget(target: string): string {
  return target
    .replace(channel, `${liveReloadPath}***`)
    .replace(userInfo, '//***@')
    .replace(parameter, (whole, before: string, name: string, value?: string) =>
      value !== undefined && secretName.test(name) ? `${before}${name}=***` : whole,
    );
}
