import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { dissect } from '../http/dissect.ts';
import type { SendPlan } from '../protocol/send.ts';

/** Milliseconds without a byte after which the connection is given up: longer than the time limits of Spark's server. */
const longestSilence = 40_000;
/** Bytes of the answers that are kept, and in which their ends are looked for. */
const mostKept = 256 * 1024;

/** The result of one connection; the fields are those of `SendOutcome` (src/protocol/send.ts). */
export interface Sent {
  readonly answer: Uint8Array;
  readonly answerLength: number;
  readonly milliseconds: number;
  /** Empty where every request was answered. */
  readonly problem: string;
  /** The local port, by which the server's record of the connection is found; 0 where none was made. */
  readonly port: number;
}

/**
 * Sends what a plan says over one connection, piece by piece, and waits for the answers. Never rejects: a failure, or
 * the signal's abort, becomes the `problem` of the result.
 */
export async function sendOverOne(
  { secure, ...address }: { readonly host: string; readonly port: number; readonly secure: boolean },
  plan: SendPlan,
  signal: AbortSignal,
): Promise<Sent> {
  const began = performance.now();
  // The server is this window's own, reached over loopback, so its certificate need not be trusted.
  const socket = secure
    ? connectSecurely({ ...address, rejectUnauthorized: false })
    : connect({ ...address, noDelay: true, signal });
  if (secure) signal.addEventListener('abort', () => socket.destroy(new Error('Cancelled.')));
  const pieces: Buffer[] = [];
  let kept = 0;
  let answerLength = 0;
  let problem = '';
  let port = 0;
  const times = plan.oneConnection ? plan.times : 1;
  const methods = methodOf(plan.bytes);
  const finished = new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      answerLength += bytes.length;
      if (kept < mostKept) pieces.push(bytes);
      kept += bytes.length;
      if (kept <= mostKept && answersIn(Buffer.concat(pieces), methods) >= times) socket.end();
    });
    socket.setTimeout(longestSilence, () => {
      problem = 'No answer came, and the connection was given up.';
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      problem = signal.aborted ? 'Cancelled.' : `The connection failed (${error.code ?? error.message}).`;
    });
    socket.on('close', () => resolve());
  });
  const writing = (async () => {
    await once(socket, secure ? 'secureConnect' : 'connect');
    port = socket.localPort ?? 0;
    for (let time = 0; time < times; time++) {
      for (const [i, piece] of piecesOf(plan).entries()) {
        if (plan.pause > 0 && (i > 0 || time > 0)) await wait(plan.pause, undefined, { signal });
        if (socket.destroyed || !socket.writable) return;
        // Each piece is handed to the kernel before the next is written, so that it is a write of its own.
        await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
      }
    }
  })().catch(() => {});
  await Promise.all([finished, writing]);
  const answer = Uint8Array.from(Buffer.concat(pieces).subarray(0, mostKept));
  const answers = answersIn(answer, methods);
  if (problem === '' && answerLength <= mostKept && answers < times) {
    problem = `The server closed the connection after ${answers} of ${times} answers.`;
  }
  return { answer, answerLength, milliseconds: performance.now() - began, problem, port };
}

/** The pieces that the cuts make of the bytes. */
export function piecesOf({ bytes, cuts }: Pick<SendPlan, 'bytes' | 'cuts'>): Uint8Array[] {
  const ends = [...cuts, bytes.length];
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)).filter((piece) => piece.length > 0);
}

function methodOf(bytes: Uint8Array): string {
  return /^(?:\r\n)*(\S+) /.exec(Buffer.from(bytes.subarray(0, 100)).toString('latin1'))?.[1] ?? 'GET';
}

/** How many whole responses the bytes hold. */
function answersIn(bytes: Uint8Array, requestMethod: string): number {
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const { complete, spans } = dissect('response', bytes.subarray(at), { requestMethod });
    if (!complete) break;
    count++;
    at += spans.findLast(({ name }) => name !== 'unparsed')?.end ?? bytes.length;
  }
  return count;
}
