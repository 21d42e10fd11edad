import type { CaptureChange, CaptureSource } from '../capture/captureSource.ts';
import type { ByteFormat } from '../http/byteEncodings.ts';
import { isTrustedLink } from '../http/trustedLinks.ts';
import { l10n } from '../l10n/l10n.ts';
import type { ListColumn, ListCommand, PageLayout } from '../protocol/exchangeList.ts';
import type { ConnectionKey, ConnectionPart, FollowFormat } from '../protocol/follow.ts';
import type { ExchangeDetail, ExchangeKey, HostCoding } from '../protocol/inspector.ts';
import type { FromInspector, ToInspector } from '../protocol/inspectorMessages.ts';
import { callLines, mostCalls } from './callLines.ts';
import { decompress } from './decompression.ts';
import { FollowFeed } from './followFeed.ts';
import { isFromInspector } from './inspectorMessageGuard.ts';
import { ListFeed } from './listFeed.ts';

/** What the feed reads from, and what it may do for the page. */
export interface InspectorFeedOptions {
  readonly capture: CaptureSource;
  readonly serverRuns: () => boolean;
  readonly startServer: () => void;
  /** Opens an address in the browser; called only with one that `isTrustedLink` accepts. */
  readonly openOutside: (url: string) => void;
  readonly copy: (text: string) => void;
  readonly copyConnection: (connection: ConnectionKey, part: ConnectionPart, format: FollowFormat) => void;
  /** Exports a connection with its exchanges; it asks how. */
  readonly exportConnection: (connection: ConnectionKey) => void;
  readonly post: (message: ToInspector) => void;
  readonly warn: (text: string) => void;
  /** The exchange that was selected before the window was reloaded. */
  readonly selected: ExchangeKey | null;
  readonly page: PageChoices;
}

/** What the user chose for the page, which outlives it. */
export interface PageChoices {
  /** Whether exchanges of a server stay when it starts again. */
  readonly preserve: boolean;
  setPreserve(preserve: boolean): void;
  keepLayout(layout: PageLayout): void;
  /** Asks which columns to show; null where the user thinks better of it. */
  chooseColumns(shown: readonly ListColumn[]): Promise<readonly ListColumn[] | null>;
}

/** Milliseconds between two updates. Each takes at most two messages, so a page gets at most 20 a second unasked. */
const interval = 100;
/** The rate at which an exchange that goes on is sent again: after 2 MiB, the next time is a second later. */
const bytesPerMillisecond = 2048;

/** Sends one inspector page what it asks for and what changes, while it is visible. */
export class InspectorFeed {
  private readonly options: InspectorFeedOptions;
  private readonly unsubscribe: () => void;
  /** Whether the page's script runs: VS Code destroys it when the page is hidden. */
  private ready = false;
  private readonly list: ListFeed;
  private readonly followed: FollowFeed;
  /** Timer that goes on with a search through the capture, which is done in slices. */
  private searching: ReturnType<typeof setTimeout> | null = null;
  private selected: ExchangeKey | null;
  private sentVersion = 0;
  private detailDue = 0;
  /** How many system calls the page shows. */
  private callsLimit = 0;
  /** Identifies the system calls that were sent last, so that the same ones are not sent again. */
  private sentCalls = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private flushedAt = Number.NEGATIVE_INFINITY;
  /** What was removed since the page was last told. */
  private lost: Exclude<CaptureChange, 'changed'> | null = null;

  constructor(options: InspectorFeedOptions) {
    this.options = options;
    this.selected = options.selected;
    this.list = new ListFeed(options.capture, options.post);
    this.followed = new FollowFeed(options.capture, (message) => {
      if (this.ready) options.post(message);
    });
    this.unsubscribe = options.capture.onDidChange((change) => {
      if (change !== 'changed') this.lost = change;
      this.changed();
    });
  }

  get selectedExchange(): ExchangeKey | null {
    return this.selected;
  }

  /** What the list shows, in its order. */
  listedExchanges(): readonly ExchangeKey[] {
    return this.list.keys();
  }

  /** The page is hidden, and so it is gone: when it is shown again, a new one says that it is ready. */
  hidden(): void {
    this.ready = false;
  }

  /** Something that the page shows may have changed. */
  changed(): void {
    if (this.timer !== null || !this.ready) return;
    const wait = Math.max(0, this.flushedAt + interval - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.flush();
    }, wait);
  }

  /** Selects an exchange as the user did elsewhere. */
  reveal(exchange: ExchangeKey): void {
    this.selected = exchange;
    this.sentVersion = 0;
    if (!this.ready) return;
    this.options.post({ type: 'reveal', exchange });
  }

  /** Follows a connection as the user asked for elsewhere; when the page is there, if it is not. */
  follow(connection: ConnectionKey): void {
    this.followed.show(connection);
  }

  /** The filter that the page has, narrowed by a field that was chosen elsewhere. */
  filterBy(operator: string, value: string, excluded: boolean): void {
    if (this.ready) this.list.filterBy(operator, value, excluded);
  }

  /** Does in the page what was chosen from the context menu of its list. */
  listCommand(command: ListCommand): void {
    if (this.ready) this.options.post({ type: 'listCommand', command });
  }

  /** Copies the bytes that are selected in the page. */
  copyBytes(format: ByteFormat): void {
    if (this.ready) this.options.post({ type: 'copyBytes', format });
  }

  receive(value: unknown): void {
    if (!isFromInspector(value)) {
      this.options.warn('The request inspector sent a message of an unknown shape, which was ignored.');
      return;
    }
    this.handle(value);
  }

  dispose(): void {
    this.unsubscribe();
    this.list.dispose();
    this.ready = false;
    if (this.searching !== null) clearTimeout(this.searching);
    this.searching = null;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private handle(message: FromInspector): void {
    const { capture, page } = this.options;
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.callsLimit = 0;
        this.sentVersion = 0;
        this.flush();
        this.followed.ready();
        break;
      case 'query':
        this.list.set(message.query, message.list, message.window);
        this.flush();
        break;
      case 'rows':
        this.list.sendRows(message.start, message.end);
        break;
      case 'complete':
        this.list.suggest(message.text, message.caret);
        break;
      case 'filterBy':
        this.list.filterBy(message.operator, message.value, message.excluded);
        break;
      case 'mark':
        capture.mark(message.exchange, message.marked);
        break;
      case 'chooseColumns':
        void this.chooseColumns(message.shown);
        break;
      case 'layout':
        page.keepLayout(message.layout);
        break;
      case 'preserve':
        page.setPreserve(message.preserve);
        break;
      case 'select':
        this.selected = message.exchange;
        this.sentVersion = 0;
        this.sendSelected();
        this.sendCalls();
        break;
      case 'calls':
        this.callsLimit = Math.min(message.limit, mostCalls);
        this.sentCalls = '';
        this.sendCalls();
        break;
      case 'follow':
        this.followed.ask(message.connection, message.end);
        break;
      case 'copyConnection':
        this.options.copyConnection(message.connection, message.part, message.format);
        break;
      case 'exportConnection':
        this.options.exportConnection(message.connection);
        break;
      case 'clear':
        capture.clear();
        break;
      case 'openLink':
        if (isTrustedLink(message.url)) this.options.openOutside(message.url);
        else
          this.options.warn(
            'The request inspector asked for a page that it has no link to; it was not opened.',
          );
        break;
      case 'decompress':
        void this.decompress(message.number, message.coding, message.bytes);
        break;
      case 'copy':
        this.options.copy(message.text);
        break;
      case 'startServer':
        this.options.startServer();
        break;
    }
  }

  private async decompress(number: number, coding: HostCoding, bytes: Uint8Array): Promise<void> {
    const result = await decompress(coding, bytes);
    if (this.ready) this.options.post({ type: 'decompressed', number, result });
  }

  private async chooseColumns(shown: readonly ListColumn[]): Promise<void> {
    const chosen = await this.options.page.chooseColumns(shown);
    if (chosen !== null && this.ready) this.options.post({ type: 'columns', shown: chosen });
  }

  private flush(): void {
    if (!this.ready) return;
    const isComplete = this.list.update();
    this.sendList(isComplete);
    this.sendSelected();
    this.sendCalls();
    if (!this.followed.update()) this.changed();
    if (!isComplete) this.search();
    this.lost = null;
  }

  private sendList(isComplete: boolean): void {
    this.flushedAt = performance.now();
    this.options.post({
      type: 'list',
      summary: this.options.capture.summary(),
      selectedIndex: this.selected === null ? -1 : this.list.indexOf(this.selected),
      serverRuns: this.options.serverRuns(),
      preserve: this.options.page.preserve,
      view: this.list.view,
      rows: this.list.firstRows(isComplete),
    });
  }

  /** Goes through the rest of the capture, and lets others have their turn in between. */
  private search(): void {
    if (this.searching !== null) return;
    this.searching = setTimeout(() => {
      this.searching = null;
      if (!this.ready) return;
      const isComplete = this.list.update();
      if (isComplete || performance.now() >= this.flushedAt + interval) this.sendList(isComplete);
      if (!isComplete) this.search();
    }, 0);
  }

  /** Sends the selected exchange if it is news; later, where a large one was sent a moment ago. */
  private sendSelected(): void {
    if (this.selected === null) return;
    const { capture, post } = this.options;
    const version = capture.version(this.selected);
    const detail = version === 0 ? null : capture.detail(this.selected);
    if (detail === null) {
      post({ type: 'gone', exchange: this.selected, reason: this.reasonGone() });
      this.selected = null;
      return;
    }
    const again = this.sentVersion !== 0;
    if (version === this.sentVersion) return;
    const now = performance.now();
    if (again && now < this.detailDue) {
      this.changed();
      return;
    }
    this.sentVersion = version;
    this.detailDue = now + keptBytes(detail) / bytesPerMillisecond;
    post({ type: 'detail', detail });
  }

  /** Sends the system calls of the selected exchange's connection, if the page shows them and they are news. */
  private sendCalls(): void {
    const exchange = this.selected;
    if (exchange === null || this.callsLimit === 0) return;
    const found = this.options.capture.calls(exchange);
    if (found === null) return;
    const { calls, isIncomplete } = found;
    const last = calls.at(-1);
    const sent = [exchange, calls.length, last?.startedAt, last?.count, isIncomplete].join(' ');
    if (sent === this.sentCalls) return;
    this.sentCalls = sent;
    this.options.post({ type: 'calls', exchange, calls: callLines(found, this.callsLimit) });
  }

  private reasonGone(): string {
    switch (this.lost) {
      case 'cleared':
        return l10n.t('The capture was cleared.');
      case 'removed':
        return l10n.t('The imported capture was removed.');
      case null:
        return l10n.t('The exchange that was shown here is no longer stored: newer ones took its place.');
    }
  }
}

function keptBytes({ request, response }: ExchangeDetail): number {
  return [...request.kept, ...response.kept].reduce((sum, { bytes }) => sum + bytes.length, 0);
}
