import { isBoolean, isString, oneOf, shape } from '../shape.ts';

/** How bytes are cut into pieces. */
export type Pieces = 'whole' | 'cuts' | 'bytes';

/** What is written in the page, kept over a window reload. */
export interface SendState {
  /** One character per byte. */
  readonly request: string;
  readonly pieces: Pieces;
  readonly cuts: string;
  readonly pause: string;
  readonly times: string;
  readonly oneConnection: boolean;
  /** Address of the server. */
  readonly target: string;
}

/** Bytes of a request beyond which it is not kept. */
export const mostKept = 1024 * 1024;

/** Whether what was kept is of this version's shape. */
export const isSendState = shape<SendState>({
  request: isString,
  pieces: oneOf('whole', 'cuts', 'bytes'),
  cuts: isString,
  pause: isString,
  times: isString,
  oneConnection: isBoolean,
  target: isString,
});
