/** The commands of `byteCommands.ts`, by themselves: they are registered before that is loaded. */
export const byteCommandIds = [
  'spark.openAsText',
  'spark.compareExchange',
  'spark.selectForCompare',
  'spark.compareWithSelected',
  'spark.openInHexEditor',
  'spark.saveBytesAs',
] as const;

export type ByteCommandId = (typeof byteCommandIds)[number];
