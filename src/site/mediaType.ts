import { lookup } from 'mrmime';

/** Types beside text/* whose bytes are text. */
const textual = /^(?:text\/|application\/(?:javascript|json|manifest\+json|ld\+json)|image\/svg\+xml)/;

/** Sources, which the registry does not know, or takes for a video: a browser shows them as text. */
const source = /\.(?:[cm]?ts|tsx|jsx|vue|svelte)$/i;

/** Value of Content-Type for a file, by its name's extension; `charset`, unless it is empty, is said of texts. */
export function mediaType(fileName: string, charset: string): string {
  // mrmime takes a name without a dot for an extension.
  const known = fileName.includes('.') ? lookup(fileName) : undefined;
  const type = source.test(fileName) ? 'text/plain' : known;
  if (type === undefined) return 'application/octet-stream';
  return charset !== '' && textual.test(type) ? `${type}; charset=${charset}` : type;
}
