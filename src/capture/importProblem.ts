import { l10n } from '../l10n/l10n.ts';

/** Why a file was not imported, in one sentence for the user: what is wrong, where, and what to do. */
export class ImportProblem extends Error {}

/** What an import may take. */
export interface ImportLimits {
  /** Memory for exchanges and their bytes, as the store counts it. */
  readonly storeBytes: number;
}

/** Bytes of a file that can be imported. */
export const mostFileBytes = 256 * 1024 * 1024;

/** The problem with a file that is too large. */
export function tooLarge(bytes: number): ImportProblem {
  const mebibyte = 1024 * 1024;
  return new ImportProblem(
    l10n.t(
      'it has {0} MB; files of up to {1} MB are read. Export fewer exchanges.',
      Math.ceil(bytes / mebibyte),
      mostFileBytes / mebibyte,
    ),
  );
}
