import type { ExplanationRow } from '../explanationRow.ts';

/**
 * Which version it is, and how long it may be used: validators and conditional requests (sections 8.8 and 13 of
 * RFC 9110), and caches (RFC 9111).
 */
export const cachingFields: readonly ExplanationRow[] = [
  ['Age', '9111#5.1', 'Says for how many seconds the answer has been lying in caches.'],
  ['Cache-Control', '9111#5.2', 'Says whether, for how long and by whom this may be stored and used again.'],
  [
    'Cache-Group-Invalidation',
    '9875#3',
    'Lists groups of stored answers that are no longer valid after this request.',
  ],
  [
    'Cache-Groups',
    '9875#2',
    'Lists the groups that a stored answer belongs to, so that all can be dropped at once.',
  ],
  [
    'Cache-Status',
    '9211#2',
    'Says what each cache on the way did with the request: whether it had the answer, and why not.',
  ],
  ['CDN-Cache-Control', '9213#3.1', 'As Cache-Control, but for content delivery networks alone.'],
  [
    'ETag',
    '9110#8.8.3',
    'Names this very version of the content: the client can send it back to ask whether it has changed.',
  ],
  [
    'Expires',
    '9111#5.3',
    'Says until when a cache may use this without asking again; Cache-Control takes precedence.',
  ],
  [
    'If-Match',
    '9110#13.1.1',
    'Do this only if the content is still one of these versions; keeps changes from getting lost.',
  ],
  [
    'If-Modified-Since',
    '9110#13.1.3',
    'Send it only if it has changed since this time; used where there is no ETag.',
  ],
  [
    'If-None-Match',
    '9110#13.1.2',
    'Send it only if it is none of these versions, which the client has; else a 304 is enough.',
  ],
  ['If-Range', '9110#13.1.5', 'Send the part only if this is still the version; else send the whole.'],
  ['If-Unmodified-Since', '9110#13.1.4', 'Do this only if the content has not changed since this time.'],
  [
    'Last-Modified',
    '9110#8.8.2',
    'Says when the content was changed last: the client can ask whether it has changed since.',
  ],
  ['Meter', '2227#5', 'Let caches report how often something was used; never came into use.'],
  [
    'No-Vary-Search',
    'No-Vary-Search (draft)',
    'Says which query parameters make no difference to the answer.',
  ],
  [
    'Pragma',
    '9111#5.4',
    'With "no-cache", asks caches of HTTP/1.0 not to answer; Cache-Control took its place.',
  ],
  ['Warning', '9111#5.5', 'Once warned of old or changed answers from caches; no longer in use.'],
];
