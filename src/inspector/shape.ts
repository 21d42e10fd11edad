/** Whether a value from outside has a type. Checks are built from checks of the parts. */
export type Check<T> = (value: unknown) => value is T;

export const isString: Check<string> = (value) => typeof value === 'string';
export const isBoolean: Check<boolean> = (value) => typeof value === 'boolean';
/** Any number but NaN and the infinities. */
export const isNumber: Check<number> = (value): value is number =>
  typeof value === 'number' && Number.isFinite(value);
/** A safe integer from 0 on: a count, a size, an offset. */
export const isCount: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
/** As `isCount`, or -1 for none. */
export const isIndex: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= -1;
export const isBytes: Check<Uint8Array> = (value) => value instanceof Uint8Array;

export function instanceOf<T>(type: new (...parameters: never[]) => T): Check<T> {
  return (value): value is T => value instanceof type;
}

export function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  return (value): value is T => (values as readonly unknown[]).includes(value);
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function arrayOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

/** An object whose properties pass their checks; it may have others. */
export function shape<T extends object>(checks: { readonly [K in keyof T]: Check<T[K]> }): Check<T> {
  const entries = Object.entries(checks) as [string, Check<unknown>][];
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));
}
