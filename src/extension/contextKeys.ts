import * as vscode from 'vscode';

/** The context keys of `when` and `enablement` in package.json, with their values before they are set. */
const initial = {
  /** A server runs or starts. */
  'spark.serverRuns': false,
  /** Every workspace folder has its server running: there is nothing left to start. */
  'spark.allServersRun': false,
  /** A server was shared with the network. */
  'spark.isShared': false,
  'spark.hasCapture': false,
  'spark.hasOpenConnections': false,
  /** An exchange was selected, for another to be compared with it. */
  'spark.comparisonBegun': false,
};

export type ContextKey = keyof typeof initial;

const present: Record<ContextKey, boolean> = { ...initial };

/** Sets a context key, if it changes. */
export function setContextKey(key: ContextKey, value: boolean): void {
  if (present[key] === value) return;
  present[key] = value;
  void vscode.commands.executeCommand('setContext', key, value);
}
