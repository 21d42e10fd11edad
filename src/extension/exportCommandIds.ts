/** The commands of `exportCommands.ts`, by themselves: they are registered before that is loaded. */
export const exportCommandIds = [
  'spark.exportExchanges',
  'spark.copyAsCurl',
  'spark.commentExchange',
  'spark.sendRequest',
  'spark.editAndSend',
] as const;

/** The page of `sendPanel.ts`. */
export const sendViewType = 'spark.send';

export type ExportCommandId = (typeof exportCommandIds)[number];
