import { l10n } from '../l10n/l10n.ts';

/**
 * What values an option takes, and how they are read: from words of the command line, and from settings.json, which
 * may hold anything.
 */

/** A value, or in words what was wanted instead of what stood there. */
export type Reading<Value> = { readonly value: Value } | { readonly wanted: string };

export interface Kind<Value> {
  /** What stands for a value in the help text; empty for a switch, which takes none. */
  readonly form: string;
  /** Whether the option may be given several times. */
  readonly repeatable: boolean;
  /** `texts`: what stood behind the flag each time it was given; one at least. */
  fromTexts(texts: readonly string[]): Reading<Value>;
  fromJson(json: unknown): Reading<Value>;
  /** As a user would write it. */
  show(value: Value): string;
}

/** A whole number; `unit` is what one of it stands for (1024 for KiB kept in bytes). */
export function integer(minimum: number, maximum: number, unit = 1, form = 'N'): Kind<number> {
  const wanted = () => l10n.t('a whole number from {0} to {1}', minimum, maximum);
  const read = (number: unknown): Reading<number> =>
    typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum
      ? { value: number * unit }
      : { wanted: wanted() };
  return {
    form,
    repeatable: false,
    fromTexts: (texts) => {
      const text = last(texts);
      return /^\d+$/.test(text) ? read(Number(text)) : { wanted: wanted() };
    },
    fromJson: read,
    show: (value) => String(value / unit),
  };
}

/** What is one text on the command line and in settings.json, told by `read`. */
export function oneText<Text extends string>(
  form: string,
  read: (json: unknown) => Reading<Text>,
): Kind<Text> {
  return {
    form,
    repeatable: false,
    fromTexts: (texts) => read(last(texts)),
    fromJson: read,
    show: (value) => value,
  };
}

/** One text each time the flag is given, an array of them in settings.json. */
export function listOfTexts(
  form: string,
  wanted: () => string,
  read: (list: readonly unknown[]) => Reading<readonly string[]>,
): Kind<readonly string[]> {
  return {
    form,
    repeatable: true,
    fromTexts: read,
    fromJson: (json) => (Array.isArray(json) ? read(json) : { wanted: l10n.t('an array of {0}', wanted()) }),
    show: (value) => value.join(', '),
  };
}

/** A text that is not blank; `wanted` says of what kind. */
export function text(
  form: string,
  wanted: () => string = () => l10n.t('a text that is not empty'),
): Kind<string> {
  const read = (json: unknown): Reading<string> =>
    typeof json === 'string' && json.trim() !== '' ? { value: json.trim() } : { wanted: wanted() };
  return oneText(form, read);
}

/** A text that may be empty; white space around it does not count. */
export function anyText(form: string): Kind<string> {
  const read = (json: unknown): Reading<string> =>
    typeof json === 'string' ? { value: json.trim() } : { wanted: l10n.t('a text') };
  return oneText(form, read);
}

/** One of some words. */
export function choice<const Word extends string>(words: readonly Word[], form: string): Kind<Word> {
  const wanted = () =>
    words.length === 1 ? words[0] : l10n.t('{0} or {1}', words.slice(0, -1).join(', '), words.at(-1) ?? '');
  const read = (json: unknown): Reading<Word> => {
    const value = words.find((word) => word === json);
    return value === undefined ? { wanted: wanted() } : { value };
  };
  return oneText(form, read);
}

/** On or off. On the command line, the flag turns over what is the default. */
export function onOff(byDefault: boolean): Kind<boolean> {
  return {
    form: '',
    repeatable: false,
    fromTexts: () => ({ value: !byDefault }),
    fromJson: (json) =>
      typeof json === 'boolean' ? { value: json } : { wanted: l10n.t('{0} or {1}', 'true', 'false') },
    show: String,
  };
}

/** A value that nobody sets. */
export function fixed<Value>(): Kind<Value> {
  const wanted = 'anything: it cannot be set';
  return {
    form: '',
    repeatable: false,
    fromTexts: () => ({ wanted }),
    fromJson: () => ({ wanted }),
    show: String,
  };
}

function last(given: readonly string[]): string {
  return given.at(-1) ?? '';
}
