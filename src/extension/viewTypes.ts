/** The pages that VS Code brings back after a reload of the window, by the names in the manifest. */
export const viewTypes = {
  inspector: 'spark.inspector',
  preview: 'spark.preview',
  send: 'spark.send',
} as const;
