/** The page that lists a folder: plain HTML, sorted by the server; a script adds a filter and keys. */
import { createHash } from 'node:crypto';
import type { Response } from '../http/message.ts';
import { escapeHtml } from './errorPage.ts';
import {
  type ListedEntry,
  type Listing,
  type NotListed,
  type SortKey,
  type SortOrder,
  sorted,
} from './listing.ts';
import { listingScript, listingStyle } from './listingParts.ts';
import { SteppedBody } from './steppedBody.ts';

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const policy = [
  "default-src 'none'",
  `style-src ${hashOf(listingStyle)}`,
  `script-src ${hashOf(listingScript)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Rows that are written in one step. */
const stepRows = 500;

const fields: Response['fields'] = [
  ['Content-Type', 'text/html; charset=utf-8'],
  ['Cache-Control', 'no-cache'],
  ['Content-Security-Policy', policy],
  ['X-Content-Type-Options', 'nosniff'],
];

/** The client is to keep what it has of the page (`If-None-Match: *`). */
export const unmodifiedListing: Response = { status: 304, fields: [['Cache-Control', 'no-cache']], body: [] };

/** The response with a finished page. */
export function listingResponse(page: Uint8Array): Response {
  return { status: 200, fields, body: [page] };
}

/** The response with a page that is still being made, in steps. `failed`: called with the reason, in a sentence. */
export function listingInSteps(
  steps: Generator<void, Uint8Array | NotListed>,
  failed: (reason: string) => void,
): Response {
  return { status: 200, fields, body: [], source: new SteppedBody(steps, failed) };
}

/** The page of a folder, in steps as its listing is made. `names`: of the folder, decoded, from the site's root down. */
export function* listingPage(
  names: readonly string[],
  listing: Generator<void, Listing | NotListed>,
  order: SortOrder,
): Generator<void, Uint8Array | NotListed> {
  const listed = yield* listing;
  if ('kind' in listed) return listed;
  const entries = sorted(listed.entries, order);
  let rows = '';
  for (let i = 0; i < entries.length; i += stepRows) {
    // A page of few rows is written in one go.
    if (entries.length > stepRows) yield;
    rows += entries
      .slice(i, i + stepRows)
      .map(row)
      .join('');
  }
  return new TextEncoder().encode(page(names, listed, order, rows));
}

/** `rows`: of the table's body. */
function page(names: readonly string[], listing: Listing, order: SortOrder, rows: string): string {
  const path = `/${names.map((name) => `${name}/`).join('')}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(path)}</title>
<style>${listingStyle}</style>
<svg hidden><symbol id="folder" viewBox="0 0 16 16"><path d="M1.5 3h4.6l1.6 1.8h6.8v8.7h-13z"/></symbol><symbol id="file" viewBox="0 0 16 16"><path d="M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3"/></symbol><symbol id="up" viewBox="0 0 16 16"><path d="M8 13V3.5M4 7.5l4-4 4 4"/></symbol></svg>
<header>
<h1>${breadcrumbs(names)}</h1>
<p><span id="count" role="status">${countText(listing)}</span><label hidden>Filter <input type="search" placeholder="/" autocomplete="off" spellcheck="false"></label></p>
</header>
<main>
<table>
<thead><tr>${heading('Name', 'name', order)}${heading('Size', 'size', order)}${heading('Changed', 'date', order)}</tr></thead>
<tbody>
${names.length === 0 ? '' : upRow}${rows}</tbody>
</table>
${listing.entries.length === 0 ? '<p class="note">This folder is empty, or holds only files that are not served.</p>' : ''}${leftOutNote(listing)}
</main>
<script>${listingScript}</script>
</html>
`;
}

/** Relative, so that they hold behind a proxy that puts a prefix before the path. */
function breadcrumbs(names: readonly string[]): string {
  const parts = ['Home', ...names].map((name, index) => {
    const levels = names.length - index;
    const label = escapeHtml(name);
    return levels === 0
      ? `<span aria-current="page">${label}</span>`
      : `<a href="${'../'.repeat(levels)}">${label}</a>`;
  });
  return `<nav aria-label="Folders">${parts.join('<span class="slash"> / </span>')}</nav>`;
}

function heading(label: string, key: SortKey, order: SortOrder): string {
  const present = order.key === key;
  const descending = present && !order.descending;
  const sort = present ? ` aria-sort="${order.descending ? 'descending' : 'ascending'}"` : '';
  return `<th scope="col" class="${key}"${sort}><a href="?sort=${key}${descending ? '&amp;order=desc' : ''}">${label}</a></th>`;
}

const upRow = `<tr class="up"><td class="name"><a href="../"><svg aria-hidden="true"><use href="#up"/></svg>Parent folder</a></td><td class="size"></td><td class="date"></td></tr>
`;

function row(entry: ListedEntry): string {
  const { name, folder, addressable, size, modified } = entry;
  const icon = `<svg aria-hidden="true"><use href="#${folder ? 'folder' : 'file'}"/></svg>`;
  const label = `${icon}<span>${escapeHtml(name)}${folder ? '/' : ''}</span>`;
  const cell = addressable
    ? `<a href="./${encodeURIComponent(name)}${folder ? '/' : ''}">${label}</a>`
    : `<span class="unnamed" title="Its name is not UTF-8: no address can name it.">${label}</span>`;
  return `<tr${folder ? ' class="folder"' : ''}><td class="name">${cell}</td><td class="size">${folder ? '' : sizeCell(size)}</td><td class="date">${timeCell(modified)}</td></tr>
`;
}

function sizeCell(size: number): string {
  return `<span title="${size.toLocaleString('en')} bytes">${sizeText(size)}</span>`;
}

/** Three digits and a binary unit. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const larger of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 1023.5) break;
    value /= 1024;
    unit = larger;
  }
  return `${unit === 'B' || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** In the time zone of the server, which is most often the reader's. */
function timeCell(modified: number): string {
  const date = new Date(modified);
  if (Number.isNaN(date.getTime())) return '';
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `<time datetime="${date.toISOString()}">${day} ${two(date.getHours())}:${two(date.getMinutes())}</time>`;
}

function countText({ entries }: Listing): string {
  const folders = entries.filter(({ folder }) => folder).length;
  const files = entries.length - folders;
  const count = (number: number, noun: string): string =>
    `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  return [
    ...(folders === 0 ? [] : [count(folders, 'folder')]),
    ...(files === 0 ? [] : [count(files, 'file'), sizeText(bytes)]),
  ].join(' · ');
}

function leftOutNote({ leftOut }: Listing): string {
  return leftOut === 0
    ? ''
    : `<p class="note">${leftOut.toLocaleString('en')} more are not shown. They are served all the same.</p>`;
}
