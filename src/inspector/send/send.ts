import { html, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { bytesOfHex, bytesOfText, type WireBytes, wireHex, wireText } from '../../http/content/wireText.ts';
import { l10n } from '../../l10n/l10n.ts';
import type { FromSend, SendOutcome, SendTarget, ToSend } from '../../protocol/send.ts';
import { FocusKeeper } from '../focusKeeper.ts';
import { counted } from '../format.ts';
import { everyByte, readCuts } from './cuts.ts';
import { gallery } from './gallery.ts';
import { isToSend } from './messageGuard.ts';
import { isSendState, mostKept, type Pieces, type SendState } from './sendState.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromSend): void;
  getState(): unknown;
  setState(state: SendState): void;
};

const workbench = acquireVsCodeApi();
/** Outcomes that the page shows: the latest. */
const mostOutcomes = 200;
/** Bytes of an answer that the page shows: the inspector has all of them. */
const shownBytes = 8192;

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const initialState: SendState = {
  request: gallery[0].request,
  pieces: 'whole',
  cuts: '',
  pause: '0',
  times: '1',
  oneConnection: false,
  target: '',
};
const kept = workbench.getState();
const before = isSendState(kept) ? kept : initialState;

/** What the page knows; `draw` shows it. */
const page = {
  bytes: latin1(before.request) as Uint8Array,
  pieces: before.pieces as Pieces,
  problem: '',
  targets: [] as readonly SendTarget[],
  outcomes: [] as SendOutcome[],
  sending: false,
  says: '',
};

/** One character per byte; not by a single call, whose number of arguments is limited. */
function binaryText(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le').decode(Uint16Array.from(bytes));
}

const root = document.createElement('main');
document.body.append(root);

function field<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`The page has no ${id}.`);
  return element;
}

function draw(): void {
  render(view(), root);
}

/** Keeps what is written for when the window comes back. */
function remember(): void {
  const { bytes, pieces } = page;
  const request = bytes.length > mostKept ? before.request : binaryText(bytes);
  workbench.setState({
    request,
    pieces,
    cuts: field('cuts', HTMLInputElement).value,
    pause: field('pause', HTMLInputElement).value,
    times: field('times', HTMLInputElement).value,
    oneConnection: field('one', HTMLInputElement).checked,
    target: field('target', HTMLSelectElement).value,
  });
}

const byteEscapes = String.raw`\r, \n, \t, \0, \xNN, \\`;
const groupNames = { 'Well-formed': l10n.t('Well-formed'), Malformed: l10n.t('Malformed') } as const;

/** Marks buttons that have nothing to do. They are not disabled, since one that has the focus would lose it. */
function view(): TemplateResult {
  const noTarget = page.targets.length === 0;
  return html`
    <h1>${l10n.t('Send Request')}</h1>
    <p>
      <label for="gallery">${l10n.t('Start from')}</label>
      <select id="gallery" @change=${chooseExample}>
        <option value="">${l10n.t('An example ...')}</option>
        ${(['Well-formed', 'Malformed'] as const).map(
          (group) => html`<optgroup label=${groupNames[group]}>
            ${gallery.map((one, i) => (one.group === group ? html`<option value=${i}>${one.title}</option>` : ''))}
          </optgroup>`,
        )}
      </select>
      <label for="target">${l10n.t('Server')}</label>
      <select id="target">
        ${page.targets.map(
          ({ name, url }) =>
            html`<option value=${url} ?selected=${url === before.target}>${name} · ${url}</option>`,
        )}
      </select>
      ${noTarget ? html`<span>${l10n.t('No server runs: start one first.')}</span>` : ''}
    </p>
    <div class="editors">
      <p>
        <label for="text">${l10n.t('Text: {0} are bytes, line breaks are none', byteEscapes)}</label>
        <textarea id="text" spellcheck="false" aria-describedby="problem" @input=${textChanged}></textarea>
      </p>
      <p>
        <label for="hex">${l10n.t('Hexadecimal')}</label>
        <textarea id="hex" spellcheck="false" aria-describedby="problem" @input=${hexChanged}></textarea>
      </p>
    </div>
    <p id="problem" role="alert">${page.problem}</p>
    <p>${counted(page.bytes.length, 'byte')}</p>
    <fieldset>
      <legend>${l10n.t('How')}</legend>
      <label for="pieces">${l10n.t('Pieces')}</label>
      <select id="pieces" @change=${piecesChosen}>
        ${Object.entries(piecesNames).map(
          ([value, name]) =>
            html`<option value=${value} ?selected=${value === before.pieces}>${name}</option>`,
        )}
      </select>
      <label for="cuts">${l10n.t('Offsets')}</label>
      <input id="cuts" value=${before.cuts} placeholder="4, 16" ?disabled=${page.pieces !== 'cuts'} />
      <label for="pause">${l10n.t('Pause between pieces (ms)')}</label>
      <input id="pause" type="number" min="0" max="60000" value=${before.pause} />
      <label for="times">${l10n.t('Times')}</label>
      <input id="times" type="number" min="1" max="1000" value=${before.times} />
      <label><input id="one" type="checkbox" ?checked=${before.oneConnection} /> ${l10n.t('all over one connection')}</label>
    </fieldset>
    <p>
      <button id="send" aria-disabled=${page.sending || noTarget || page.problem !== ''} @click=${send}>${l10n.t('Send')}</button>
      <button id="cancel" aria-disabled=${!page.sending} @click=${cancel}>
        ${l10n.t('Cancel')}
      </button>
      <span role="status">${page.says}</span>
    </p>
    <h2>${l10n.t('Answers')}</h2>
    ${page.outcomes.length === 0 ? html`<p>${l10n.t('None yet. Ctrl+Enter sends, too.')}</p>` : ''}
    <ol class="answers">
      ${repeat(page.outcomes.toReversed(), ({ number }) => number, answerItem)}
    </ol>
  `;
}

function answerItem({
  number,
  answer,
  answerLength,
  milliseconds,
  problem,
  comparable,
}: SendOutcome): TemplateResult {
  const line = /^[^\r\n]*/.exec(String.fromCharCode(...answer.subarray(0, 200)))?.[0] ?? '';
  const visible = line.replaceAll(/[^\x20-\x7e]/g, '?');
  const post = (type: 'show' | 'compare') => () => workbench.postMessage({ type, number });
  return html`<li value=${number}>
    <details>
      <summary>${visible || l10n.t('No answer')} · ${counted(answerLength, 'byte')} · ${Math.round(milliseconds)} ms ${problem}</summary>
      <pre tabindex="0" aria-label=${l10n.t('Answer {0}', number)}>${wireText(answer.subarray(0, shownBytes))}</pre>
    </details>
    <button @click=${post('show')} aria-label=${l10n.t('Show exchange of answer {0}', number)}>${l10n.t('Show Exchange')}</button>
    ${
      comparable
        ? html`<button
            @click=${post('compare')}
            aria-label=${`${l10n.t('Compare with First')}: ${l10n.t('Answer {0}', number)}`}
          >
            ${l10n.t('Compare with First')}
          </button>`
        : ''
    }
  </li>`;
}

const piecesNames: Readonly<Record<Pieces, string>> = {
  whole: l10n.t('in one piece'),
  cuts: l10n.t('cut at offsets'),
  bytes: l10n.t('byte by byte'),
};

function piecesChosen(): void {
  const { value } = field('pieces', HTMLSelectElement);
  page.pieces = value === 'cuts' || value === 'bytes' ? value : 'whole';
  draw();
  remember();
}

function chooseExample(): void {
  const example = gallery[Number(field('gallery', HTMLSelectElement).value || -1)];
  if (example === undefined) return;
  load(latin1(example.request));
  workbench.postMessage({ type: 'exampleLoaded' });
}

function load(bytes: Uint8Array): void {
  page.bytes = bytes;
  page.problem = '';
  field('text', HTMLTextAreaElement).value = wireText(bytes);
  field('hex', HTMLTextAreaElement).value = wireHex(bytes);
  draw();
  remember();
}

/** Takes over what was written in one editor, and shows it in the other. */
function edited(read: WireBytes, other: HTMLTextAreaElement, show: (bytes: Uint8Array) => string): void {
  if ('problem' in read) page.problem = read.problem;
  else {
    page.bytes = read.bytes;
    page.problem = read.bytes.length === 0 ? l10n.t('There is nothing to send.') : '';
    other.value = show(read.bytes);
  }
  draw();
}

function textChanged(): void {
  const read = bytesOfText(field('text', HTMLTextAreaElement).value);
  edited(read, field('hex', HTMLTextAreaElement), wireHex);
}

function hexChanged(): void {
  const read = bytesOfHex(field('hex', HTMLTextAreaElement).value);
  edited(read, field('text', HTMLTextAreaElement), wireText);
}

function chosenCuts(): ReturnType<typeof readCuts> {
  switch (page.pieces) {
    case 'cuts':
      return readCuts(field('cuts', HTMLInputElement).value, page.bytes.length);
    case 'bytes':
      return { cuts: everyByte(page.bytes.length) };
    case 'whole':
      return { cuts: [] };
  }
}

function send(): void {
  if (page.sending || page.targets.length === 0 || page.problem !== '') return;
  const read = chosenCuts();
  const numbers = ['pause', 'times'].map((id) => field(id, HTMLInputElement));
  const wrong = numbers.find((input) => input.value === '' || !input.checkValidity());
  if ('problem' in read || wrong !== undefined) {
    page.says =
      'problem' in read ? read.problem : `${wrong?.labels?.[0]?.textContent}: ${wrong?.validationMessage}`;
    draw();
    return;
  }
  const [pause, times] = numbers.map((input) => Number(input.value));
  page.sending = true;
  page.says = l10n.t('Sending ...');
  draw();
  workbench.postMessage({
    type: 'send',
    url: field('target', HTMLSelectElement).value,
    plan: {
      bytes: page.bytes.slice(),
      cuts: read.cuts,
      pause,
      times,
      oneConnection: field('one', HTMLInputElement).checked,
    },
  });
}

function cancel(): void {
  if (page.sending) workbench.postMessage({ type: 'cancel' });
}

function handle(message: ToSend): void {
  switch (message.type) {
    case 'targets':
      page.targets = message.targets;
      draw();
      break;
    case 'load':
      load(message.bytes);
      break;
    case 'outcome':
      page.outcomes = [...page.outcomes, message.outcome].slice(-mostOutcomes);
      draw();
      break;
    case 'done':
      page.sending = false;
      page.says = l10n.t('Done. {0}', page.outcomes.at(-1)?.problem ?? '');
      draw();
      break;
  }
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isToSend(data)) handle(data);
});
root.addEventListener('input', remember);
root.addEventListener('change', remember);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  send();
});
draw();
load(page.bytes);
new FocusKeeper([], [() => field('text', HTMLTextAreaElement)]);
workbench.postMessage({ type: 'ready' });
