import type { BodySource } from '../http/message.ts';

/**
 * A body that takes long to make: one step in each turn of the event loop, so that other requests are answered in
 * between. The steps return its bytes, or the reason that there are none.
 */
export class SteppedBody implements BodySource {
  ready = (): void => {};
  private readonly steps: Generator<void, Uint8Array | { readonly kind: string }>;
  private readonly failed: (reason: string) => void;
  private next: NodeJS.Immediate | null = null;
  private made: Uint8Array | 'failed' | 'ended' | null = null;

  /** `failed`: called with the reason that the body will not come, in a word or a sentence. */
  constructor(
    steps: Generator<void, Uint8Array | { readonly kind: string }>,
    failed: (reason: string) => void,
  ) {
    this.steps = steps;
    this.failed = failed;
  }

  read(): Uint8Array | 'ended' | 'failed' | null {
    const { made } = this;
    if (made === null) this.next ??= setImmediate(() => this.step());
    else if (made instanceof Uint8Array) this.made = 'ended';
    return made;
  }

  close(): void {
    if (this.next !== null) clearImmediate(this.next);
    this.made = 'ended';
    // What the steps hold open is closed.
    this.steps.return({ kind: 'unwanted' });
  }

  private step(): void {
    try {
      const { done, value } = this.steps.next();
      if (!done) {
        this.next = setImmediate(() => this.step());
        return;
      }
      this.made = value instanceof Uint8Array ? value : 'failed';
      if (!(value instanceof Uint8Array)) this.failed(value.kind);
    } catch (error) {
      this.made = 'failed';
      this.failed(error instanceof Error ? error.message : String(error));
    }
    this.ready();
  }
}
