/**
 * Name, defining document, sentence. The document is "9110#8.6" for a section of an RFC, or the name of another
 * standard.
 */
export type ExplanationRow = readonly [name: string, source: string, sentence: string];
