import { type GrammarRole, grammarRoles } from './grammar.ts';

/**
 * Layers of marks over text, the later over the earlier. Each is a highlight of the same name in the stylesheet
 * (CSS Custom Highlight API): text is marked without an element around it.
 */
export type HighlightLayer =
  | `role-${GrammarRole}`
  | 'offset'
  | 'placeholder'
  | 'gap'
  | 'unread'
  | 'control'
  | 'match'
  | 'current-match'
  | 'pointed-line'
  | 'chosen-line'
  | 'pointed'
  | 'chosen'
  | 'violation';

const layers: readonly HighlightLayer[] = [
  ...grammarRoles.map((role) => `role-${role}` as const),
  'offset',
  'placeholder',
  'gap',
  'unread',
  'control',
  'pointed-line',
  'chosen-line',
  'pointed',
  'chosen',
  'match',
  'current-match',
  'violation',
];

/** All marks of the hex views; drawn anew whenever the rows in sight or the marks change. */
export class HighlightLayers {
  private readonly highlights = new Map<HighlightLayer, Highlight>();

  constructor() {
    layers.forEach((layer, priority) => {
      const highlight = new Highlight();
      highlight.priority = priority;
      this.highlights.set(layer, highlight);
      CSS.highlights.set(`spark-${layer}`, highlight);
    });
  }

  clear(): void {
    for (const highlight of this.highlights.values()) highlight.clear();
  }

  /** Marks characters of a text: `start` inclusive, `end` exclusive. */
  add(layer: HighlightLayer, text: Text, start: number, end: number): void {
    const highlight = this.highlights.get(layer);
    highlight?.add(
      new StaticRange({ startContainer: text, startOffset: start, endContainer: text, endOffset: end }),
    );
  }
}
