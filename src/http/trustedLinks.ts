const trustedOrigins: readonly string[] = ['https://www.rfc-editor.org', 'https://developer.mozilla.org'];

/** Whether explanations may link to an address: nothing else is opened in the browser. */
export function isTrustedLink(url: string): boolean {
  try {
    const parsed = new URL(url);
    return trustedOrigins.includes(parsed.origin) && parsed.username === '' && parsed.password === '';
  } catch {
    return false;
  }
}
