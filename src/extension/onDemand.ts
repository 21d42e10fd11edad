/**
 * What most windows never need, loaded in one piece when the first of it is asked for. In one, because each further
 * piece that shares code with the rest costs every start another file.
 */
export { contentOfFile } from '../capture/capturedContent.ts';
export { byteCommands } from './byteCommands.ts';
export { exportCommands } from './exportCommands.ts';
export { importCommands } from './importCommand.ts';
export * as networkSharing from './networkSharing.ts';
export { SendPanel } from './sendPanel.ts';
