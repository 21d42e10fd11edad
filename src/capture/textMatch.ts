/** How a text is compared with what the user wrote: `text` is contained, `=text` equal, `te*t` a pattern of the whole. */
export interface TextMatch {
  /** Such as `contains “/api”`, and the opposite. */
  readonly words: string;
  readonly oppositeWords: string;
  matches(text: string): boolean;
}

/** Texts whose answer is remembered; beyond that, all are forgotten. */
const mostRemembered = 2000;
/** UTF-16 units of a text that is worth its memory. */
const longestRemembered = 200;

/** Caches the answers of a test: in a capture the same paths, methods and types come again and again. */
export function remembering(matches: (text: string) => boolean): (text: string) => boolean {
  const answers = new Map<string, boolean>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = matches(text);
    if (text.length > longestRemembered) return answer;
    if (answers.size >= mostRemembered) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}

const special = /[\\^$.*+?()[\]{}|/]/g;

/** A value of an operator, as the user wrote it. */
export interface FilterValue {
  readonly text: string;
  /** Taken as it stands: no pattern. */
  readonly quoted: boolean;
  /** An equals sign stood before it: nothing but this. */
  readonly whole: boolean;
}

/** The comparison that an operator's value asks for. */
export function textMatch({ text: pattern, quoted, whole }: FilterValue): TextMatch {
  if (whole) return equalTo(pattern);
  if (!quoted && pattern.includes('*')) {
    const expression = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'is');
    return {
      words: `matches “${pattern}”`,
      oppositeWords: `does not match “${pattern}”`,
      matches: (text) => expression.test(text),
    };
  }
  const expression = new RegExp(escaped(pattern), 'i');
  return {
    words: `contains “${pattern}”`,
    oppositeWords: `does not contain “${pattern}”`,
    matches: (text) => expression.test(text),
  };
}

/** Compares the whole text, in either case. */
export function equalTo(wanted: string): TextMatch {
  const lower = wanted.toLowerCase();
  return {
    words: `is “${wanted}”`,
    oppositeWords: `is not “${wanted}”`,
    matches: (text) => text.length === wanted.length && text.toLowerCase() === lower,
  };
}

/** Finds a text in bytes given as one character per byte: its UTF-8 form, ASCII letters in either case. */
export function bytesExpression(text: string): RegExp {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const source = bytes.replace(/[A-Za-z]|[\\^$.*+?()[\]{}|/]/g, (character) =>
    /[A-Za-z]/.test(character) ? `[${character.toLowerCase()}${character.toUpperCase()}]` : `\\${character}`,
  );
  return new RegExp(source);
}

function escaped(text: string): string {
  return text.replace(special, '\\$&');
}
