/** Which content coding a client likes best (RFC 9110 section 12.5.3). */

/** The codings that Spark knows, most preferred first. */
export const contentCodings = ['br', 'gzip'] as const;
/** One of the codings. */
export type ContentCoding = (typeof contentCodings)[number];

/**
 * The coding to send, of those available; null for the uncoded bytes. These are sent even where a client says that it
 * does not accept them: something readable is better than nothing.
 */
export function preferredCoding(
  field: string | undefined,
  available: readonly ContentCoding[],
): ContentCoding | null {
  // Without the field any coding would do, but who does not ask may not understand.
  if (field === undefined || available.length === 0) return null;
  const weights = codingWeights(field);
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  // Not named, the plain bytes are accepted, but liked less than what is named.
  const plain = weights.get('identity') ?? 0;
  let best: ContentCoding | null = null;
  let bestWeight = 0;
  for (const coding of contentCodings) {
    const weight = available.includes(coding) ? weightOf(coding) : 0;
    if (weight > bestWeight && weight >= plain) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

function codingWeights(field: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const element of field.split(',')) {
    const parts =
      /^[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*(?:;[ \t]*q=([01](?:\.\d{0,3})?)[ \t]*)?$/i.exec(element);
    // Malformed elements are ignored.
    if (parts === null) continue;
    const name = parts[1].toLowerCase();
    // RFC 9110 section 8.4.1.3: x-gzip is an older name of gzip.
    weights.set(name === 'x-gzip' ? 'gzip' : name, Math.min(1, Number(parts[2] ?? 1)));
  }
  return weights;
}
