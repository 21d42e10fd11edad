/**
 * Where the site lies as the page sees it. A proxy may put a prefix before every path, so nothing here starts at the
 * origin's root: all is taken from the address that the page's own script came from.
 */
export class LiveAddress {
  /** The site's root, with a final slash. */
  readonly root: URL;
  /** The unguessable part of the script's path. */
  readonly token: string;
  private readonly folder: URL;

  /** @param script address of the page's script: `<root>.spark/<token>/live.js` */
  constructor(script: string) {
    this.folder = new URL('.', script);
    this.root = new URL('../../', script);
    this.token = this.folder.pathname.split('/').at(-2) ?? '';
  }

  /** Address of something beside the script, such as the event stream. */
  of(name: string): URL {
    return new URL(name, this.folder);
  }

  /** The path of an address below the site's root, percent-decoded, without query; null for one outside the site. */
  pathOf(address: string): string | null {
    let url: URL;
    try {
      url = new URL(address, document.baseURI);
    } catch {
      return null;
    }
    if (url.origin !== this.root.origin || !url.pathname.startsWith(this.root.pathname)) return null;
    const path = url.pathname.slice(this.root.pathname.length);
    try {
      return decodeURIComponent(path);
    } catch {
      return path;
    }
  }
}
