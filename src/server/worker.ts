/** A worker of a concurrency model: a process that serves, or a thread that serves with blocking calls. */
import {
  isMainThread,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { BlockingWorker } from '../models/blockingWorker.ts';
import { runEventLoop } from '../models/eventLoop.ts';
import { serveOneByOne } from '../models/iterative.ts';
import type { FromWorkerProcess, ToWorkerProcess } from '../models/workerProcess.ts';
import { WorkerTable } from '../models/workerTable.ts';
import { startThread, type ThreadStart } from '../models/workerThread.ts';
import type { Assignment, FromWorker, ToWorker } from '../protocol/worker.ts';
import { descriptorLimit } from '../sockets/descriptorLimit.ts';
import { libuvTransport } from '../sockets/libuv.ts';
import { loadSystemCalls } from '../sockets/loadSystemCalls.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import { Serving } from './serving.ts';
import { traceOptions } from './socketLayer.ts';

/** Serves in this thread, which from now on waits in the kernel, until the supervisor says stop. */
async function serveInThread(port: MessagePort, { assignment, table }: ThreadStart): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  const { listener } = assignment;
  const { settings, recording } = assignment;
  const loaded = await loadSystemCalls(traceOptions(settings.sockets, recording.kind === 'capture'));
  if ('reason' in loaded) throw new Error(loaded.reason);
  if (listener === null) throw new Error('There is no socket to accept clients on.');
  const serving = new Serving({ ...assignment, trace: loaded.trace, eventLoop: false, report: send });
  const shared = new WorkerTable(table);
  const worker = new BlockingWorker({
    calls: loaded.calls,
    listener,
    service: serving.service,
    table: shared,
    descriptorLimit: await descriptorLimit(),
    // Each process has descriptors of its own; threads share theirs.
    place: settings.model.name === 'processes' ? 1 : assignment.number,
    duties: {
      nextOrder: () => (receiveMessageOnPort(port)?.message as ToWorker | undefined) ?? null,
      carryOut(order) {
        if (order.type === 'allowHosts') serving.allowHosts(order.hosts);
        else serving.batchStored(order.sequence);
      },
      ship() {
        shared.setTally(serving.tally);
        serving.ship();
      },
    },
  });
  const { address, port: number } = worker.address;
  send({ type: 'listening', host: address, port: number });
  try {
    serveOneByOne(worker);
  } finally {
    serving.finish();
    shared.setTally(serving.tally);
  }
  send({ type: 'stopped' });
}

/** What is done with orders once the worker serves. */
type TakeOrder = (order: ToWorker) => void;

function send(message: FromWorkerProcess, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => sent());
  else sent();
}

/** This process looks after one thread, which serves: so it hears its supervisor at any time. */
async function superviseThread(assignment: Assignment): Promise<TakeOrder> {
  const loaded = await loadSystemCalls();
  if ('reason' in loaded) throw new Error(loaded.reason);
  let stopped = false;
  const thread = startThread(__filename, loaded.calls, assignment, {
    said(message) {
      stopped ||= message.type === 'stopped';
      send(message);
    },
    ended(how, tally) {
      if (!stopped)
        send({ type: 'log', level: 'error', message: `The thread of process ${process.pid} ${how}.` });
      send({ type: 'tally', tally }, () => process.exit(stopped ? 0 : 1));
    },
  });
  return (order) => thread.tell(order);
}

/** Serves in this process, on sockets that libuv shares between processes. */
async function serveWithEventLoop(assignment: Assignment): Promise<TakeOrder> {
  const { settings } = assignment;
  const serving = new Serving({ ...assignment, trace: null, eventLoop: true, report: send });
  const options = { host: settings.host, port: settings.port, backlog: settings.model.backlog };
  const model = await runEventLoop(libuvTransport, options, serving.service);
  send({ type: 'listening', host: model.address.address, port: model.address.port });
  return (order) => {
    switch (order.type) {
      case 'allowHosts':
        serving.allowHosts(order.hosts);
        return;
      case 'closeConnection':
        model.closeConnection(order.connection);
        return;
      case 'batchStored':
        serving.batchStored(order.sequence);
        return;
      case 'stop':
        void model.stop(order.grace).then(() => {
          serving.finish();
          send({ type: 'stopped' }, () => process.exit(0));
        });
    }
  };
}

function serveInProcess(): void {
  let takeOrder: TakeOrder | null = null;
  /** Orders that came while it started. */
  const early: ToWorker[] = [];
  const start = async (assignment: Assignment): Promise<void> => {
    takeOrder = await (assignment.listener === null ? serveWithEventLoop : superviseThread)(assignment);
    for (const order of early.splice(0)) takeOrder(order);
  };
  process.on('message', (message: ToWorkerProcess) => {
    if (message.type === 'start') start(message.assignment).catch(startFailed);
    else if (takeOrder === null) early.push(message);
    else takeOrder(message);
  });
  // However the supervisor ends, its end of the channel closes: then nobody is left to serve for.
  process.on('disconnect', () => process.exit(0));
  // A terminal sends it to the whole group: the supervisor says what is to be done.
  process.on('SIGINT', () => {});
}

function startFailed(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const failedCall =
    error instanceof SystemCallError
      ? { call: error.call, code: error.code, errno: error.errno, subject: error.subject }
      : null;
  send({ type: 'startFailed', message, failedCall }, () => process.exit(1));
}

if (isMainThread) serveInProcess();
else if (parentPort !== null) void serveInThread(parentPort, workerData as ThreadStart);
