import type { ExplanationRow } from './explanationRow.ts';
import { applicationFields } from './fields/applicationFields.ts';
import { authenticationFields } from './fields/authenticationFields.ts';
import { browserFields } from './fields/browserFields.ts';
import { cachingFields } from './fields/cachingFields.ts';
import { contentFields } from './fields/contentFields.ts';
import { messageFields } from './fields/messageFields.ts';

/**
 * Every permanent field name of the IANA HTTP Field Name Registry, and others that occur in practice: name, defining
 * document, what it says. They are grouped by subject, roughly as the chapters of RFC 9110; each name occurs once.
 */
export const fieldRows: readonly ExplanationRow[] = [
  ...messageFields,
  ...contentFields,
  ...cachingFields,
  ...authenticationFields,
  ...browserFields,
  ...applicationFields,
];
