import type { SpanName } from '../http/span.ts';
import { l10n } from '../l10n/l10n.ts';

/** What a token does in a message: tokens of one role are tinted alike. */
export type GrammarRole =
  | 'method'
  | 'target'
  | 'version'
  | 'status'
  | 'name'
  | 'value'
  | 'delimiter'
  | 'framing'
  | 'body'
  | 'unparsed';

export const grammarRoles: readonly GrammarRole[] = [
  'method',
  'target',
  'version',
  'status',
  'name',
  'value',
  'delimiter',
  'framing',
  'body',
  'unparsed',
];

/** A grammar element's role, and the section of the RFC that defines it. */
export interface GrammarElement {
  readonly role: GrammarRole;
  readonly rfc: 9110 | 9112;
  readonly section: string;
}

function element(role: GrammarRole, rfc: 9110 | 9112, section: string): GrammarElement {
  return { role, rfc, section };
}

/** Role and definition of each grammar element. */
export const grammar: Readonly<Record<SpanName, GrammarElement>> = {
  'empty-line': element('delimiter', 9112, '2.2'),
  method: element('method', 9112, '3.1'),
  'request-target': element('target', 9112, '3.2'),
  'HTTP-version': element('version', 9112, '2.3'),
  'status-code': element('status', 9112, '4'),
  'reason-phrase': element('status', 9112, '4'),
  SP: element('delimiter', 9112, '3'),
  CRLF: element('delimiter', 9112, '2.2'),
  'field-name': element('name', 9110, '5.1'),
  colon: element('delimiter', 9112, '5'),
  OWS: element('delimiter', 9110, '5.6.3'),
  'field-value': element('value', 9110, '5.5'),
  'header-end': element('delimiter', 9112, '2.1'),
  'message-body': element('body', 9112, '6'),
  'chunk-size': element('framing', 9112, '7.1'),
  'chunk-ext': element('framing', 9112, '7.1.1'),
  'chunk-data': element('body', 9112, '7.1'),
  'last-chunk': element('framing', 9112, '7.1'),
  'trailer-name': element('name', 9112, '7.1.2'),
  'trailer-value': element('value', 9112, '7.1.2'),
  'trailer-end': element('delimiter', 9112, '7.1.2'),
  unparsed: element('unparsed', 9112, '2.2'),
};

/** "RFC 9110 section 5.5" */
export function definedIn(name: SpanName): string {
  const { rfc, section } = grammar[name];
  return l10n.t('RFC {0} section {1}', rfc, section);
}
