import type { ExplanationRow } from '../explanationRow.ts';

/**
 * What the body holds, which form of it is wanted, and which part: sections 8, 12 and 14 of RFC 9110, and what
 * extends them (digests, deltas, dictionaries).
 */
export const contentFields: readonly ExplanationRow[] = [
  ['*', '9110#12.5.5', 'Is reserved: in the Vary field it stands for everything.'],
  ['A-IM', '3229#10.5.3', 'Lists the ways in which the client could take a difference instead of the whole.'],
  ['Accept', '9110#12.5.1', 'Lists the media types that the client takes, with a weight (q) for each.'],
  ['Accept-CH', '8942#3.1', 'Lists the hints about itself that the server would like the client to send.'],
  [
    'Accept-Charset',
    '9110#12.5.2',
    'Once listed the character encodings that the client takes; UTF-8 has made it needless.',
  ],
  ['Accept-Datetime', '7089#2.1.1', 'Asks for the version of a resource as it was at a certain time.'],
  [
    'Accept-Encoding',
    '9110#12.5.3',
    'Lists the compressions that the client can undo, so that the body may be sent smaller.',
  ],
  [
    'Accept-Features',
    '2295#8.2',
    'Lists features of the client, for a negotiation that never came into use.',
  ],
  [
    'Accept-Language',
    '9110#12.5.4',
    'Lists the languages that the user prefers, with a weight (q) for each.',
  ],
  ['Accept-Patch', '5789#3.1', 'Lists the formats of changes that a PATCH of this resource may have.'],
  ['Accept-Post', 'Linked Data Platform', 'Lists the media types that may be sent here by POST.'],
  [
    'Accept-Ranges',
    '9110#14.3',
    'Says whether parts of this can be asked for with a Range field, and in which unit.',
  ],
  ['Alternates', '2295#8.3', 'Lists the variants of a resource, for a negotiation that never came into use.'],
  ['Available-Dictionary', '9842#2.2', 'Names the compression dictionary that the client has at hand.'],
  ['Content-Digest', '9530#2', 'Carries a checksum of the body as it was sent.'],
  ['Content-Disposition', '6266#4', 'Says whether to show the body or to save it, and under which name.'],
  ['Content-DPR', 'Client hints', 'Once said for which density of pixels a picture was chosen.'],
  [
    'Content-Encoding',
    '9110#8.4',
    'Says by which coding, such as gzip, the body was compressed: undo it to get what Content-Type names.',
  ],
  ['Content-Language', '9110#8.5', 'Says for readers of which language this is meant.'],
  [
    'Content-Length',
    '9110#8.6',
    'Says how many bytes the body has: by it the other side knows where the message ends.',
  ],
  ['Content-Location', '9110#8.7', 'Names the address of exactly what is in this body.'],
  ['Content-MD5', '2616#14.15', 'Once carried a checksum of the body; Content-Digest took its place.'],
  ['Content-Range', '9110#14.4', 'Says which part of the whole is in the body, and how large the whole is.'],
  [
    'Content-Type',
    '9110#8.3',
    'Says what the body is (its media type), and for text in which character encoding.',
  ],
  ['Delta-Base', '3229#10.5.1', 'Names the version to which the difference in the body is to be applied.'],
  ['Dictionary-ID', '9842#2.3', 'Carries the name that the server gave to a compression dictionary.'],
  ['Digest', '3230#4.3.2', 'Once carried a checksum; Content-Digest and Repr-Digest took its place.'],
  ['IM', '3229#10.5.2', 'Lists how the body differs from the whole, as the client allowed in A-IM.'],
  ['Memento-Datetime', '7089#2.1.1', 'Says of which time this archived version is.'],
  ['Negotiate', '2295#8.4', 'Says how far the client takes part in a negotiation that never came into use.'],
  ['Range', '9110#14.2', 'Asks for parts of the content only; the server may send the whole all the same.'],
  ['Repr-Digest', '9530#3', 'Carries a checksum of the whole content, of which the body may be a part.'],
  ['TCN', '2295#8.5', 'Says how a negotiation went that never came into use.'],
  [
    'Use-As-Dictionary',
    '9842#2.1',
    'Says that this answer may serve as a dictionary for compressing later ones.',
  ],
  ['Variant-Vary', '2295#8.6', 'As Vary, for a negotiation that never came into use.'],
  ['Vary', '9110#12.5.5', 'Lists the request fields that the answer depends on: a cache must compare them.'],
  ['Want-Content-Digest', '9530#4', 'Asks for a checksum of the body.'],
  ['Want-Repr-Digest', '9530#4', 'Asks for a checksum of the whole content.'],
];
