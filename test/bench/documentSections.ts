import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Puts a section into a document that several benchmarks write to: in place of the one of that name, or at the end.
 * Markers, which a reader does not see, hold it together.
 */
export function writeSection(file: string, name: string, text: string): void {
  const document = existsSync(file) ? readFileSync(file, 'utf8') : '# Benchmarks\n';
  writeFileSync(file, withSection(document, name, text));
}

export function withSection(document: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const section = `${open}\n${text.trim()}\n${close}`;
  const start = document.indexOf(open);
  const end = document.indexOf(close, start);
  if (start < 0 || end < 0) return `${document.trimEnd()}\n\n${section}\n`;
  return `${document.slice(0, start)}${section}${document.slice(end + close.length)}`;
}
