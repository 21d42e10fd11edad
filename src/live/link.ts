import { type ConsoleEntry, type FromPage, pdfPath, type ToPage, xmlPath } from '../protocol/live.ts';

/** Console entries kept until the panel asks for them; later ones are dropped. */
const mostWaiting = 200;
/** Characters of a console entry. */
const longestText = 10_000;

/**
 * Links the page to the panel that frames it, once the panel has shown that it knows the token: other pages that frame
 * this one learn nothing.
 */
export class Link {
  private readonly token: string;
  private panel: MessageEventSource | null = null;
  private origin = '';
  private waiting: ConsoleEntry[] = [];
  private isDeaf = false;

  constructor(token: string) {
    this.token = token;
    if (window.parent === window) return;
    window.addEventListener('message', (event: MessageEvent<ToPage>) => this.take(event));
    window.addEventListener('keydown', (event) => this.key(event));
    window.addEventListener('click', (event) => this.click(event));
    window.addEventListener('hashchange', () => this.tellPage());
    window.addEventListener('popstate', () => this.tellPage());
    document.addEventListener('DOMContentLoaded', () => this.tellPage());
    this.listenToConsole();
  }

  /** Tells the panel, now or once it has said hello, that the page cannot hear of changes and relies on it to reload. */
  tellDeaf(): void {
    this.isDeaf = true;
    this.tell({ spark: 'deaf', token: this.token });
  }

  private take(event: MessageEvent<ToPage>): void {
    const { data, source, origin } = event;
    if (source === null || source !== window.parent) return;
    if (typeof data !== 'object' || data === null || data.token !== this.token) return;
    switch (data.spark) {
      case 'hello':
        this.panel = source;
        this.origin = origin;
        this.tellPage();
        if (this.isDeaf) this.tellDeaf();
        for (const entry of this.waiting) this.tell({ spark: 'console', token: this.token, entry });
        this.waiting = [];
        break;
      case 'go':
        if (data.where === 'back') history.back();
        else if (data.where === 'forward') history.forward();
        else location.reload();
        break;
      case 'find':
        this.tell({ spark: 'found', token: this.token, found: found(data.text, data.backwards) });
        break;
    }
  }

  private tell(message: FromPage): void {
    this.panel?.postMessage(message, { targetOrigin: this.origin === 'null' ? '*' : this.origin });
  }

  private tellPage(): void {
    this.tell({ spark: 'page', token: this.token, address: location.href, title: document.title });
  }

  /** Inside a panel the browser's own shortcuts do nothing: the panel carries them out. */
  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.panel === null) return;
    const control = event.ctrlKey || event.metaKey;
    const key =
      control && event.key === 'f'
        ? 'find'
        : control && event.key === 'r'
          ? 'reload'
          : event.altKey && event.key === 'ArrowLeft'
            ? 'back'
            : event.altKey && event.key === 'ArrowRight'
              ? 'forward'
              : null;
    if (key === null) return;
    event.preventDefault();
    this.tell({ spark: 'key', token: this.token, key });
  }

  /** Hands links to XML and PDF, which the frame cannot show, to the panel. */
  private click(event: MouseEvent): void {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented } = event;
    if (this.panel === null || defaultPrevented || button !== 0) return;
    if (ctrlKey || metaKey || shiftKey || altKey || !(target instanceof Element)) return;
    const link = target.closest<HTMLAnchorElement>('a[href]');
    if (link === null || link.origin !== location.origin || !/^(?:_self)?$/.test(link.target)) return;
    if (link.hasAttribute('download') || !(xmlPath.test(link.pathname) || pdfPath.test(link.pathname)))
      return;
    event.preventDefault();
    this.tell({ spark: 'follow', token: this.token, address: link.href });
  }

  private listenToConsole(): void {
    const levels = { debug: 'debug', log: 'info', info: 'info', warn: 'warning', error: 'error' } as const;
    for (const method of Object.keys(levels) as (keyof typeof levels)[]) {
      const original = console[method];
      console[method] = (...values: unknown[]) => {
        original.apply(console, values);
        this.report({ level: levels[method], text: values.map(shown).join(' '), source: '' });
      };
    }
    window.addEventListener(
      'error',
      ({ message, filename, lineno, colno, target }) => {
        if (target instanceof Element && target !== document.documentElement) {
          const address = target.getAttribute('src') ?? target.getAttribute('href') ?? '';
          this.report({ level: 'error', text: `Could not load ${address}`, source: '' });
          return;
        }
        this.report({ level: 'error', text: message, source: `${filename}:${lineno}:${colno}` });
      },
      true,
    );
    window.addEventListener('unhandledrejection', ({ reason }) =>
      this.report({ level: 'error', text: `Unhandled rejection: ${shown(reason)}`, source: '' }),
    );
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      this.report({
        level: 'error',
        text: `The page's policy (${violatedDirective}) blocked ${blockedURI}`,
        source: '',
      }),
    );
  }

  private report(entry: ConsoleEntry): void {
    const bounded = { ...entry, text: entry.text.slice(0, longestText) };
    if (this.panel !== null) this.tell({ spark: 'console', token: this.token, entry: bounded });
    else if (this.waiting.length < mostWaiting) this.waiting.push(bounded);
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? value.message;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** Searches by `window.find`, which every browser has, though no standard defines it. */
function found(text: string, backwards: boolean): boolean {
  const find = (
    window as unknown as {
      find?: (text: string, caseSensitive: boolean, backwards: boolean, wrap: boolean) => boolean;
    }
  ).find;
  return find === undefined ? false : find.call(window, text, false, backwards, true);
}
