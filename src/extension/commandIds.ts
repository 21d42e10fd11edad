// All commands by name, grouped by the code that carries them out: they are registered before any of it is loaded.

/** Servers and pages: loaded with `Features`, as soon as Spark is used. */
export const featureCommandIds = [
  'spark.startServer',
  'spark.stopServer',
  'spark.restartServer',
  'spark.debugServer',
  'spark.showServerSource',
  'spark.breakOnSystemCall',
  'spark.preview',
  'spark.debugInBrowser',
  'spark.showQrCode',
  'spark.shareOnNetwork',
  'spark.stopSharing',
  'spark.reloadPreview',
  'spark.findInPreview',
  'spark.openInBrowser',
  'spark.openInspector',
  'spark.followConnection',
  'spark.closeConnection',
  'spark.clearCapture',
  'spark.showLog',
  'spark.copyServerUrl',
  /** Not in the manifest: only the status bar runs it. */
  'spark.showActions',
] as const;

/** The context menus of the inspector's page. */
export const inspectorCommandIds = [
  'spark.filterByThis',
  'spark.filterOutThis',
  'spark.markExchange',
  'spark.unmarkExchange',
  'spark.sortAscending',
  'spark.sortDescending',
  'spark.unsort',
  'spark.hideColumn',
  'spark.chooseColumns',
  'spark.resetColumns',
  'spark.copyBytesAsHex',
  'spark.copyBytesAsHexDump',
  'spark.copyBytesAsEscaped',
  'spark.copyBytesAsCArray',
  'spark.copyBytesAsJsArray',
  'spark.copyBytesAsBase64',
  'spark.copyBytesAsText',
] as const;

/** Captured bytes in editors and files: loaded with `RareFeatures`. */
export const byteCommandIds = [
  'spark.openAsText',
  'spark.compareExchange',
  'spark.selectForCompare',
  'spark.compareWithSelected',
  'spark.openInHexEditor',
  'spark.saveBytesAs',
] as const;

/** What takes exchanges out of the capture: loaded with `RareFeatures`. */
export const exportCommandIds = [
  'spark.exportExchanges',
  'spark.copyAsCurl',
  'spark.commentExchange',
  'spark.sendRequest',
  'spark.editAndSend',
] as const;

/** What brings files with captures in, and out again: loaded with `RareFeatures`. */
export const importCommandIds = ['spark.importCapture', 'spark.removeImported'] as const;

/** What commands do. Arguments are whatever a menu, a link or another extension passes, so they have to be checked. */
export type Handlers<Ids extends readonly string[]> = Readonly<
  Record<Ids[number], (...args: readonly unknown[]) => unknown>
>;
