import { lookup } from 'mrmime';

/** Types beside text/* whose bytes are text; UTF-8 is what the web writes them in. */
const textual = /^(?:text\/|application\/(?:javascript|json|manifest\+json|ld\+json)|image\/svg\+xml)/;

/** Value of Content-Type for a file, by its name's extension. */
export function mediaType(fileName: string): string {
  // mrmime takes a name without a dot for an extension.
  const type = fileName.includes('.') ? lookup(fileName) : undefined;
  if (type === undefined) return 'application/octet-stream';
  return textual.test(type) ? `${type}; charset=utf-8` : type;
}
