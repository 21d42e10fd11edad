// What a process and its children hold, as Linux tells it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Open descriptors, threads and processes of a process and all below it.
 *
 * @param {number} pid
 * @returns {{ descriptors: number, sockets: number, threads: number, processes: number }}
 */
export function belongings(pid) {
  const sum = { descriptors: 0, sockets: 0, threads: 0, processes: 0 };
  for (const member of family(pid)) {
    const links = listed(`/proc/${member}/fd`);
    sum.descriptors += links.length;
    sum.sockets += links.filter((link) => isSocket(`/proc/${member}/fd/${link}`)).length;
    sum.threads += listed(`/proc/${member}/task`).length;
    sum.processes++;
  }
  return sum;
}

/**
 * A process and all below it.
 *
 * @param {number} pid
 * @returns {number[]}
 */
export function family(pid) {
  const children = listed(`/proc/${pid}/task`).flatMap((thread) => childrenOf(pid, thread));
  return [pid, ...children.flatMap(family)];
}

/**
 * @param {number} pid
 * @param {string} thread
 * @returns {number[]}
 */
function childrenOf(pid, thread) {
  try {
    const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

/**
 * Empty where the process has ended since.
 *
 * @param {string} folder
 */
function listed(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} link */
function isSocket(link) {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    return false;
  }
}
