/** Values of the options that say how files are served: tables of paths, fields and origins. */
import { l10n } from '../l10n/l10n.ts';
import type { HeaderRule, Mount } from '../protocol/server.ts';
import { type Kind, listOfTexts, oneText, type Reading } from './kinds.ts';

/** A path below the served folder, without a slash before it; empty for none. */
export function sitePath(form: string): Kind<string> {
  const wanted = () => l10n.t('the path of a file in the served folder, as index.html');
  const read = (json: unknown): Reading<string> => {
    if (typeof json !== 'string') return { wanted: wanted() };
    const names = json
      .trim()
      .split('/')
      .filter((name) => name !== '');
    return names.some((name) => name === '.' || name === '..')
      ? { wanted: wanted() }
      : { value: names.join('/') };
  };
  return oneText(form, read);
}

/** The name of a charset; empty for none. */
export function charset(form: string): Kind<string> {
  const wanted = () => l10n.t('the name of a character encoding, as utf-8, or nothing');
  const read = (json: unknown): Reading<string> =>
    typeof json === 'string' && /^[A-Za-z0-9_.:+-]{0,40}$/.test(json.trim())
      ? { value: json.trim() }
      : { wanted: wanted() };
  return oneText(form, read);
}

/** Folders by the prefix of the paths they are served at: `/prefix=FOLDER`, and `{ "/prefix": "folder" }`. */
export function mounts(form: string): Kind<readonly Mount[]> {
  const wanted = () => l10n.t('path prefixes that start with a slash, each with a folder, as /lib=../lib');
  const entry = (prefix: string, folder: unknown): Mount | null => {
    const names = prefix.split('/').filter((name) => name !== '');
    const valid =
      prefix.startsWith('/') && names.length > 0 && names.every((name) => name !== '.' && name !== '..');
    if (!valid || typeof folder !== 'string' || folder.trim() === '') return null;
    return { prefix: `/${names.join('/')}`, folder: folder.trim() };
  };
  return table(
    form,
    wanted,
    (text) => {
      const [, prefix = '', folder] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      return entry(prefix, folder);
    },
    entry,
    ({ prefix, folder }) => `${prefix}=${folder}`,
  );
}

/** What the server itself says of a message and of a file's version: no setting may contradict it. */
const serverFields =
  /^(?:accept-ranges|connection|content-length|content-range|date|etag|keep-alive|last-modified|te|trailer|transfer-encoding|upgrade)$/i;

/** Fields by the pattern of paths: `[/pattern ]Name: value`, and `{ "/pattern": { "Name": "value" } }`. */
export function headerRules(form: string): Kind<readonly HeaderRule[]> {
  const wanted = () =>
    l10n.t(
      'header fields by path, as "/lib/** Cache-Control: max-age=60"; what the server has to say itself (Content-Length, Connection, ETag and the like) cannot be set',
    );
  const isField = (name: string, value: unknown): value is string =>
    /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) &&
    !serverFields.test(name) &&
    typeof value === 'string' &&
    /^[\t\x20-\x7e]*$/.test(value);
  return table(
    form,
    wanted,
    (text) => {
      const [, pattern = '/**', name = '', value = ''] =
        /^(?:(\/\S*)[ \t]+)?([^:\s]+):[ \t]*(.*)$/.exec(text.trim()) ?? [];
      return isField(name, value) ? { pattern, fields: [[name, value]] } : null;
    },
    (pattern, json) => {
      if (!pattern.startsWith('/') || typeof json !== 'object' || json === null || Array.isArray(json))
        return null;
      const fields = Object.entries(json).flatMap(([name, value]): [string, string][] =>
        isField(name, value) ? [[name, value.trim()]] : [],
      );
      return fields.length === Object.keys(json).length ? { pattern, fields } : null;
    },
    ({ pattern, fields }) => `${pattern} ${fields.map((field) => field.join(': ')).join(', ')}`,
  );
}

/** Origins as browsers write them, or `*`. */
export function origins(form: string): Kind<readonly string[]> {
  const wanted = () => l10n.t('origins, as https://example.com:8080, or *');
  const read = (list: readonly unknown[]): Reading<readonly string[]> => {
    const value = list.map((one) => (typeof one === 'string' ? one.trim() : ''));
    return value.every((one) => one === '*' || isOrigin(one)) ? { value } : { wanted: wanted() };
  };
  return listOfTexts(form, wanted, read);
}

function isOrigin(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+$/i.test(text);
}

/** Entries that are given one by one on the command line, and are the members of an object in settings.json. */
export function table<Entry>(
  form: string,
  wanted: () => string,
  fromText: (text: string) => Entry | null,
  fromMember: (key: string, json: unknown) => Entry | null,
  show: (entry: Entry) => string,
): Kind<readonly Entry[]> {
  const all = (entries: readonly (Entry | null)[]): Reading<readonly Entry[]> => {
    const value = entries.filter((entry) => entry !== null);
    return value.length === entries.length ? { value } : { wanted: wanted() };
  };
  return {
    form,
    repeatable: true,
    fromTexts: (texts) => all(texts.map(fromText)),
    fromJson: (json) =>
      typeof json === 'object' && json !== null && !Array.isArray(json)
        ? all(Object.entries(json).map(([key, member]) => fromMember(key, member)))
        : { wanted: l10n.t('an object of {0}', wanted()) },
    show: (value) => value.map(show).join(', '),
  };
}
