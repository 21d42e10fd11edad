/** The commands of `exportCommands.ts`, by themselves: they are registered before that is loaded. */
export const exportCommandIds = [
  'spark.exportExchanges',
  'spark.copyAsCurl',
  'spark.commentExchange',
  'spark.sendRequest',
  'spark.editAndSend',
] as const;

export type ExportCommandId = (typeof exportCommandIds)[number];
