/** Below this path live reload serves its script and its stream. A site has no such folder: its name starts with a dot. */
export const liveReloadPath = '/.spark/';

/** Whether a request target belongs to live reload, not to the site. */
export function isLiveReload(target: string): boolean {
  return target.startsWith(liveReloadPath);
}
