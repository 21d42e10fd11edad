import { liveReloadPath } from '../../http/liveReload.ts';
import { pdfPath, type ToPage, xmlPath } from '../../protocol/live.ts';
import type { PreviewData, PreviewState } from '../../protocol/preview.ts';

/** Milliseconds that a page which has loaded may take to make itself known. */
const silence = 1_500;
/** Pages before the present one, and after it, that outlast a reload of the window. */
const mostKept = 50;
/** Pages that never have the server's script in them. */
const scriptless = /\.(?!html?$)[a-z0-9]+$/i;

/** What has changed about the framed page. */
export interface VisitEvents {
  /** The frame shows another address. */
  moved(address: string): void;
  /** Whether the frame can show what is at the address. */
  shown(canBeShown: boolean): void;
  titled(title: string): void;
  history(canGoBack: boolean, canGoForward: boolean): void;
  /** False where the page does not show changes itself, though it should; true where it does, or cannot be expected to. */
  linked(isLinked: boolean): void;
}

/** The frame's way through the site. The framed page is of another origin: only what it reports is known of it. */
export class Visit {
  address = '';
  /** Whether the present page talks to the panel. */
  isLinked = false;
  /** Whether it hears of changes, and shows them. */
  hearsChanges = false;
  private readonly frame: HTMLIFrameElement;
  private readonly data: PreviewData;
  private readonly events: VisitEvents;
  private past: string[] = [];
  private position = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(frame: HTMLIFrameElement, data: PreviewData, events: VisitEvents) {
    this.frame = frame;
    this.data = data;
    this.events = events;
    frame.addEventListener('load', () => this.loaded());
  }

  /** Shows the page that was shown last, or the file's own. */
  begin(): void {
    const { root, page, state } = this.data;
    const last = state.past[state.position];
    if (last === undefined) {
      this.enter(new URL(page, root).href);
    } else {
      this.past = state.past.map((one) => new URL(one, root).href);
      this.position = state.position;
      this.moved(new URL(last, root).href);
    }
    this.show();
  }

  /** What can be gone back and forward to, below the site's root. */
  get history(): Pick<PreviewState, 'past' | 'position'> {
    const { root } = this.data;
    const pages = (addresses: readonly string[]) =>
      addresses.filter((address) => address.startsWith(root)).map((address) => address.slice(root.length));
    const before = pages(this.past.slice(0, this.position + 1)).slice(-mostKept);
    return {
      past: [...before, ...pages(this.past.slice(this.position + 1)).slice(0, mostKept)],
      position: before.length - 1,
    };
  }

  /** Goes to what the user typed: an address of the site, or a path of it. */
  go(typed: string): void {
    const { root } = this.data;
    const { origin } = new URL(root);
    let url: URL;
    try {
      url = /^[a-z]+:\/\//i.test(typed) ? new URL(typed) : new URL(typed.replace(/^\/+/, ''), root);
    } catch {
      return;
    }
    // The panel's policy lets the frame show this site alone.
    if (url.origin !== origin) return;
    this.enter(url.href);
    this.show();
  }

  back(): void {
    this.move(-1);
  }

  forward(): void {
    this.move(1);
  }

  reload(): void {
    // The page itself keeps its scroll position; a frame that is sent somewhere does not.
    if (this.isLinked && this.tell({ spark: 'go', token: this.token, where: 'reload' })) return;
    this.show();
  }

  find(text: string, backwards: boolean): void {
    this.tell({ spark: 'find', token: this.token, text, backwards });
  }

  /** The page has made itself known, or has moved on. */
  heard(address: string, title: string): void {
    clearTimeout(this.timer);
    if (!this.isLinked) {
      this.isLinked = true;
      this.hearsChanges = true;
      this.events.linked(true);
    }
    this.events.titled(title);
    const shown = this.standsFor(address);
    if (this.past[this.position] !== shown) this.enter(shown);
  }

  /** Its own policy keeps it from hearing of changes. */
  deaf(): void {
    this.hearsChanges = false;
    this.events.linked(false);
  }

  private get token(): string {
    return this.data.token ?? '';
  }

  private loaded(): void {
    this.isLinked = false;
    this.hearsChanges = false;
    clearTimeout(this.timer);
    if (this.frame.src === 'about:blank') return;
    if (this.data.token === null) {
      this.events.linked(false);
      return;
    }
    this.tell({ spark: 'hello', token: this.token });
    if (scriptless.test(new URL(this.address).pathname)) this.events.linked(true);
    else this.timer = setTimeout(() => this.events.linked(false), silence);
  }

  private move(by: number): void {
    const target = this.past[this.position + by];
    if (target === undefined) return;
    this.position += by;
    this.moved(target);
    this.show();
  }

  private enter(address: string): void {
    this.position++;
    this.past.splice(this.position, Number.POSITIVE_INFINITY, address);
    this.moved(address);
  }

  private moved(address: string): void {
    this.address = address;
    this.events.moved(address);
    this.events.history(this.position > 0, this.position < this.past.length - 1);
  }

  private show(): void {
    const { pathname } = new URL(this.address);
    const canBeShown = !pdfPath.test(pathname);
    this.events.shown(canBeShown);
    this.frame.src = canBeShown ? this.sourceOf(this.address) : 'about:blank';
  }

  /** What the frame is given for an address: of XML it would show no more than the texts. */
  private sourceOf(address: string): string {
    const { root, token } = this.data;
    if (token === null || !address.startsWith(root) || !xmlPath.test(new URL(address).pathname))
      return address;
    const query = new URLSearchParams({
      file: address.slice(root.length),
      theme: document.body.dataset.vscodeThemeKind ?? '',
    });
    return `${this.xmlPage}?${query}`;
  }

  /** The address that a page says it has, or that of the file that it stands for. */
  private standsFor(address: string): string {
    const { root } = this.data;
    if (!address.startsWith(this.xmlPage)) return address;
    return new URL(new URL(address).searchParams.get('file') ?? '', root).href;
  }

  private get xmlPage(): string {
    return `${this.data.root}${liveReloadPath.slice(1)}${this.token}/xml.html`;
  }

  private tell(message: ToPage): boolean {
    if (this.data.token === null || this.frame.contentWindow === null) return false;
    this.frame.contentWindow.postMessage(message, new URL(this.data.root).origin);
    return true;
  }
}
