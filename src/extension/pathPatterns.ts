/** Patterns of paths below a folder, as users of VS Code write them in `files.exclude`. */
import picomatch from 'picomatch';
import { l10n } from '../l10n/l10n.ts';
import { type Kind, listOfTexts, type Reading } from '../settings/kinds.ts';
import { option } from '../settings/option.ts';

function pathPatterns(form: string): Kind<readonly string[]> {
  const wanted = () => l10n.t('patterns of paths below the served folder, as **/dist');
  const read = (list: readonly unknown[]): Reading<readonly string[]> => {
    const patterns = list.flatMap((one) => (typeof one === 'string' ? [one.trim()] : []));
    if (patterns.length < list.length || patterns.includes('')) return { wanted: wanted() };
    const problem = patterns.map(problemOf).find((one) => one !== null);
    return problem === undefined ? { value: patterns } : { wanted: `${wanted()} (${problem})` };
  };
  return listOfTexts(form, wanted, read);
}

function problemOf(pattern: string): string | null {
  if (/^!(?!\()/.test(pattern))
    return l10n.t('“{0}” begins with “!”, but no pattern takes back what another one names', pattern);
  // Before a character that means something, it takes the meaning away.
  if (/\\(?![[\](){}!+@|])/.test(pattern))
    return l10n.t('“{0}” holds a backslash: “/” stands between names', pattern);
  if (pattern.split('/').includes('..')) return l10n.t('“{0}” leads out of the served folder', pattern);
  try {
    picomatch.makeRe(pattern, { strictBrackets: true });
    return null;
  } catch {
    return l10n.t('a bracket of “{0}” has no counterpart', pattern);
  }
}

/** What can be set of the watching, for each folder. */
export const watchOptions = {
  ignore: option({
    kind: pathPatterns('PATTERN'),
    default: ['**/.git/**', '**/node_modules/**'],
    setting: 'reload.ignore',
  }),
};

/**
 * Whether a path below the folder, with slashes, is named by one of the patterns: it itself, or a folder that it lies in.
 */
export function pathMatcher(patterns: readonly string[]): (file: string) => boolean {
  const names = patterns
    .map((pattern) => pattern.replace(/^(?:\.?\/)+|\/+$/g, ''))
    .filter((name) => name !== '');
  return picomatch(
    names.flatMap((name) => [name, `${name}/**`]),
    { dot: true },
  );
}
