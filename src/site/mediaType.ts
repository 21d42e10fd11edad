import { lookup } from 'mrmime';

/** Types beside text/* whose bytes are text. */
const textual = /^(?:text\/|application\/(?:javascript|json|manifest\+json|ld\+json)|image\/svg\+xml)/;

/** Source files that the registry does not know, or takes for video (`.ts`): browsers are to show them as text. */
const source = /\.(?:[cm]?ts|tsx|jsx|vue|svelte)$/i;

/** Value of Content-Type for a file, by its extension; `charset`, unless it is empty, is added for texts. */
export function mediaType(fileName: string, charset: string): string {
  // mrmime takes a name without a dot for an extension.
  const known = fileName.includes('.') ? lookup(fileName) : undefined;
  const type = source.test(fileName) ? 'text/plain' : known;
  if (type === undefined) return 'application/octet-stream';
  return charset !== '' && textual.test(type) ? `${type}; charset=${charset}` : type;
}
