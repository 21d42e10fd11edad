import { lookup } from 'mrmime';

/** Types beside text/* whose bytes are text. */
const textual = /^(?:text\/|application\/(?:javascript|json|manifest\+json|ld\+json)|image\/svg\+xml)/;

/** Value of Content-Type for a file, by its name's extension; `charset`, unless it is empty, is said of texts. */
export function mediaType(fileName: string, charset: string): string {
  // mrmime takes a name without a dot for an extension.
  const type = fileName.includes('.') ? lookup(fileName) : undefined;
  if (type === undefined) return 'application/octet-stream';
  return charset !== '' && textual.test(type) ? `${type}; charset=${charset}` : type;
}
