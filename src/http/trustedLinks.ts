const trustedOrigins: readonly string[] = ['https://www.rfc-editor.org', 'https://developer.mozilla.org'];

/** Whether an address is of a place that explanations link to: nothing else is opened outside. */
export function isTrustedLink(url: string): boolean {
  try {
    const parsed = new URL(url);
    return trustedOrigins.includes(parsed.origin) && parsed.username === '' && parsed.password === '';
  } catch {
    return false;
  }
}
