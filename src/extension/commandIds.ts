// All commands by name, grouped by what holds their code: they are registered before any of that is loaded.

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
  /** Not in the manifest: only the status bar's. */
  'spark.showActions',
] as const;

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

export const byteCommandIds = [
  'spark.openAsText',
  'spark.compareExchange',
  'spark.selectForCompare',
  'spark.compareWithSelected',
  'spark.openInHexEditor',
  'spark.saveBytesAs',
] as const;

export const exportCommandIds = [
  'spark.exportExchanges',
  'spark.copyAsCurl',
  'spark.commentExchange',
  'spark.sendRequest',
  'spark.editAndSend',
] as const;

export const importCommandIds = ['spark.importCapture', 'spark.removeImported'] as const;

/** What commands do. Arguments are whatever a menu, a link or another extension passes. */
export type Handlers<Ids extends readonly string[]> = Readonly<
  Record<Ids[number], (...args: readonly unknown[]) => unknown>
>;
