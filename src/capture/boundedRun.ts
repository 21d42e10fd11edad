import { createContext, Script } from 'node:vm';

interface Bounds {
  readonly context: { run: () => void };
  readonly script: Script;
}

/** Made when it is first needed: a context has a global object of its own, with everything in it. */
let bounds: Bounds | null = null;

/**
 * Runs a function that may not end by itself, such as one with a user's regular expression.
 *
 * @returns whether it ended before the time, in milliseconds, was over
 * @throws what the function throws
 */
export function runBounded(run: () => void, milliseconds: number): boolean {
  bounds ??= newBounds();
  const { context, script } = bounds;
  context.run = run;
  try {
    script.runInContext(context, { timeout: milliseconds });
    return true;
  } catch (error) {
    // Of another realm, it is no instance of this one's Error.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    context.run = () => undefined;
  }
}

function newBounds(): Bounds {
  const context = { run: () => undefined };
  createContext(context);
  return { context, script: new Script('run()') };
}
