import { createContext, Script } from 'node:vm';

const context = createContext({ run: () => undefined });
const script = new Script('run()');

/**
 * Runs a function that may not end by itself, such as one with a regular expression of a user's.
 *
 * @returns whether it ended before the time, in milliseconds, was over
 * @throws what the function throws
 */
export function runBounded(run: () => void, milliseconds: number): boolean {
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
