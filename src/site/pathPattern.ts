/**
 * Patterns of paths: `*` stands for any characters within a name, `**` for any, slashes included, `?` for one; a
 * pattern that ends in a slash is for everything below it.
 */
export function pathPattern(pattern: string): RegExp {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  const source = whole.replace(/\*{2,}|[\s\S]/g, (part) => {
    if (part.startsWith('**')) return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}
