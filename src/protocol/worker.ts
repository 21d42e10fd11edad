import type { CallColumns } from '../sockets/tracedCall.ts';
import type { CaptureBatch } from './capture.ts';
import type { LogLevel, ServerSettings } from './server.ts';
import type { ExchangeEvent } from './serverEvent.ts';

/** What is recorded while serving: nothing, each exchange, or all that goes over the wire. */
export type Recording =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'exchanges' }
  | {
      readonly kind: 'capture';
      /** Body bytes kept per exchange and direction. */
      readonly bodyBytes: number;
      /** Batches that may be sent before the first of them is acknowledged. */
      readonly unacknowledgedBatches: number;
    };

/**
 * How connections and exchanges are numbered where several workers do it: worker 2 of 3 assigns the numbers 2, 5, 8, so
 * that a number tells which worker it is from.
 */
export interface Numbering {
  /** The numbers of the next connection and the next exchange. */
  readonly connection: number;
  readonly exchange: number;
  /** The difference from one number to the next. */
  readonly step: number;
}

/** A worker's orders. */
export interface Assignment {
  /** Counts from 1; a worker that replaces a dead one takes its number. */
  readonly number: number;
  readonly settings: ServerSettings;
  readonly recording: Recording;
  readonly numbering: Numbering;
  /** Rounds of busy work for each request. */
  readonly rounds: number;
  /** Descriptor of the listening socket; null where the worker listens through libuv. */
  readonly listener: number | null;
}

/** Supervisor to worker: a thread or a process that serves. */
export type ToWorker =
  | { readonly type: 'allowHosts'; readonly hosts: readonly string[] }
  | { readonly type: 'closeConnection'; readonly connection: number }
  | { readonly type: 'batchStored'; readonly sequence: number }
  /** Ends gracefully: responses under way get `grace` milliseconds. */
  | { readonly type: 'stop'; readonly grace: number };

/** What a worker reports while it serves. */
export type WorkerReport =
  | { readonly type: 'batch'; readonly batch: CaptureBatch }
  | { readonly type: 'exchange'; readonly exchange: ExchangeEvent }
  /** System calls, where they are traced and nothing is captured. */
  | { readonly type: 'calls'; readonly calls: CallColumns }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string };

/** Worker to supervisor. */
export type FromWorker =
  | WorkerReport
  /** It accepts connections. */
  | { readonly type: 'listening'; readonly host: string; readonly port: number }
  /** It ends at once. `failedCall`: the system call that was the cause; null where it was something else. */
  | {
      readonly type: 'startFailed';
      readonly message: string;
      readonly failedCall: {
        readonly call: string;
        readonly code: string;
        readonly errno: number;
        readonly subject: string;
      } | null;
    }
  /** All of its connections are closed; it ends, and says nothing more. */
  | { readonly type: 'stopped' };
