/** A media type as Content-Type gives it (RFC 9110 section 8.3.1). */
export interface ContentType {
  /** In lower case, without parameters: "text/html". Empty where there is none. */
  readonly type: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const parameter = /^[ \t]*([!#$%&'*+.^_`|~0-9a-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^ \t;"]*))[ \t]*(?:;|$)/i;

/** Parses a Content-Type value; malformed parameters are left out. */
export function contentType(value: string): ContentType {
  const semicolon = value.indexOf(';');
  const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  let rest = semicolon < 0 ? '' : value.slice(semicolon + 1);
  while (rest !== '') {
    const found = parameter.exec(rest);
    if (found === null) {
      // Malformed: go on with the next parameter.
      const next = rest.indexOf(';');
      rest = next < 0 ? '' : rest.slice(next + 1);
      continue;
    }
    const [whole, name, quoted, plain] = found;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
    rest = rest.slice(whole.length);
  }
  return { type: /^[^/\s]+\/[^/\s]+$/.test(type) ? type : '', parameters };
}

/** The kind of content that a media type stands for. */
export type ContentKind = 'text' | 'json' | 'form' | 'multipart' | 'image' | 'other';

const textTypes =
  /^(text\/|application\/(javascript|ecmascript|xml|graphql|sql|toml|yaml|x-yaml|x-sh|xhtml\+xml)$)|\+xml$/;
/** Formats that browsers draw. SVG counts as text: drawn, it would hide its source. */
const images = /^image\/(png|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|apng)$/;

/** The kind of content that a media type names. */
export function contentKind({ type }: ContentType): ContentKind {
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (/^(application|text)\/(.+\+)?json5?$/.test(type) || type === 'application/manifest+json') return 'json';
  if (images.test(type)) return 'image';
  if (textTypes.test(type) || type === 'image/svg+xml' || type === 'message/http') return 'text';
  return 'other';
}
