// Spark as a user installs it: from its package, into a folder of extensions of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installExtension } from './codeServer.mjs';
import { packageExtension } from './dependencies.mjs';
import { installCodeServer } from './install.mjs';

/**
 * Packages the extension and installs it; removes it at the end.
 *
 * @template T
 * @param {(extensions: string) => Promise<T>} act is given the folder of installed extensions
 * @returns {Promise<T>}
 */
export async function withPackagedExtension(act) {
  const installed = await installCodeServer('newest');
  const extensions = mkdtempSync(path.join(os.tmpdir(), 'spark-extensions-'));
  try {
    await installExtension(installed, await packageExtension(), extensions);
    return await act(extensions);
  } finally {
    rmSync(extensions, { recursive: true, force: true });
  }
}
