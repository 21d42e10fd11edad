import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, found from this file or from a bundle of it. */
export const project = findProject(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} folder
 * @returns {string}
 */
function findProject(folder) {
  return existsSync(path.join(folder, 'package.json')) ? folder : findProject(path.dirname(folder));
}
