/**
 * Texts for the user outside of `src/extension`, in the user's language: write `l10n.t('A text with {0}', value)`, and
 * add the text to each l10n/bundle.l10n.*.json, as for `vscode.l10n.t` (a unit test tells what is missing).
 *
 * In a webview the texts come with its document (`inspectorHtml`), so that constants of modules may hold them too. In
 * the extension host `use` is given them when the extension starts, so that only functions may ask for them.
 */
class Translations {
  /** As in `<html lang>`. */
  language = 'en';
  private texts: Readonly<Record<string, unknown>> = {};

  constructor() {
    if (typeof document === 'undefined') return;
    const { dataset } = document.body;
    const texts: unknown = JSON.parse(dataset.texts ?? 'null');
    this.use(document.documentElement.lang, texts);
  }

  /** @param texts the translation by the English text; those that are not there stay English */
  use(language: string, texts: unknown): void {
    this.language = language === '' ? 'en' : language;
    this.texts = typeof texts === 'object' && texts !== null ? (texts as Record<string, unknown>) : {};
  }

  /** @param message one literal; `{0}` stands where the first value goes, and stays where none is given */
  t(message: string, ...values: readonly (string | number)[]): string {
    const translated = Object.hasOwn(this.texts, message) ? this.texts[message] : undefined;
    return filledIn(typeof translated === 'string' ? translated : message, values);
  }
}

function filledIn(text: string, values: readonly (string | number)[]): string {
  return text.replace(/\{(\d+)\}/g, (placeholder, index) => String(values[Number(index)] ?? placeholder));
}

export const l10n = new Translations();
