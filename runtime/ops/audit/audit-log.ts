import { mkdir } from 'node:fs/promises';
import type { AuditEvent, AuditSink } from '../../core/audit-sink.ts';
import { lockFolder } from '../../folder-lock/folder-lock.ts';
import { oneLine } from '../log/ecs.ts';
import { auditKeys } from './audit-keys.ts';
import type { AuditBody, Checkpoint } from './audit-line.ts';
import { AuditWriter } from './audit-writer.ts';

export interface AuditOptions {
  /** A folder of its own. */
  readonly dir: string;
  readonly macKey?: string;
  /** Ed25519, PEM. */
  readonly signingKey?: string;
  /** A checkpoint so long after a record, and after so many. */
  readonly checkpointMs: number;
  readonly checkpointRecords: number;
  readonly fileBytesMax: number;
  /** Of all files, as they lie on the disk: those that are closed are compressed. At least four times `fileBytesMax`. */
  readonly bytesMax: number;
  readonly nowMs?: () => number;
  /** Events that may wait for the disk; more are dropped, and the log says how many. */
  readonly queueMax?: number;
  /** Takes secrets out of what callers said. */
  readonly mask?: (text: string) => string;
  /** Send it where this process cannot change it: it is what `audit verify --anchor` compares with. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** The oldest records went, for the log is as large as it may be; so many. */
  readonly onRetired?: (records: number) => void;
  /** The disk does not take it; it is tried again. */
  readonly onProblem?: (error: unknown) => void;
}

export interface AuditLog extends AuditSink {
  /** Everything recorded so far is durable. */
  flush(): Promise<void>;
  /** Signs what is not signed yet, and ends. */
  close(): Promise<void>;
}

const QUEUE_MAX = 10_000;
/** Sealing so many takes less than a millisecond. */
const BATCH_MAX = 64;
const RETRY_MS = 1000;

/**
 * The audit log: who asked for what, in files that nobody can change unseen. `record` puts an event into a queue and returns;
 * one writer takes batches from it, seals them, and writes them with one fsync.
 *
 * It is idle, writing, or waiting after an error of the disk. While it waits events queue up; beyond `queueMax` they are counted
 * and dropped. It ignores everything after `close`. Throws when another process has it open: two chains in one file prove
 * nothing. A full disk keeps no scheduler from starting, for what ends tasks makes room on it; the log is then opened, and
 * locked, as soon as there is some.
 */
export async function openAuditLog(options: AuditOptions): Promise<AuditLog> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const queue = new AuditQueue(options, () => openLocked(options));
  try {
    await queue.open();
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    options.onProblem?.(error);
    queue.openLater();
  }
  return {
    record: (event) => queue.put({ kind: 'event', ...bounded(event, options.mask ?? ((text) => text)) }),
    flush: () => queue.idle(),
    close: () => queue.close(),
  };
}

function isNoSpace(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** A log that this process alone may write. */
interface Opened {
  readonly writer: AuditWriter;
  readonly sign: () => Promise<void>;
  /** Says that it was opened. Absent when it begins its first file, which says so by itself. */
  readonly opening: AuditBody | undefined;
  readonly close: () => Promise<void>;
}

async function openLocked(options: AuditOptions): Promise<Opened> {
  const unlock = await lockFolder({ directory: options.dir, file: 'audit.lock', what: 'the audit log' });
  try {
    const opened = await openFiles(options);
    const close = async (): Promise<void> => {
      try {
        await opened.writer.close();
      } finally {
        await unlock();
      }
    };
    return { ...opened, close };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openFiles(options: AuditOptions): Promise<Omit<Opened, 'close'>> {
  const { dir, checkpointRecords, nowMs = Date.now } = options;
  const keys = await auditKeys(dir, {
    ...(options.macKey !== undefined && { mac: options.macKey }),
    ...(options.signingKey !== undefined && { signing: options.signingKey }),
  });
  const { log } = keys;
  const opening = (): AuditBody => ({
    kind: 'open',
    at: nowMs(),
    log,
    key: keys.signer.publicKey,
    every: checkpointRecords,
  });
  const writer = await AuditWriter.open({ ...options, macKey: keys.mac, nowMs, opening });
  const sign = async (): Promise<void> => {
    await writer.makeRoom();
    const checkpoint = keys.signer.sign(nowMs(), log, writer.end);
    await writer.append([{ kind: 'checkpoint', ...checkpoint }]);
    try {
      options.onCheckpoint?.(checkpoint);
    } catch (error) {
      options.onProblem?.(error);
    }
  };
  return { writer, sign, opening: writer.end.seq > 0 ? opening() : undefined };
}

/** Waiting events, and the one that writes them. */
class AuditQueue {
  readonly #options: AuditOptions;
  readonly #openNow: () => Promise<Opened>;
  /** Without it nothing is written. */
  #opened: Opened | undefined;
  readonly #waiting: AuditBody[] = [];
  #dropped = 0;
  #unsigned = 0;
  #signingDue = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: AuditOptions, openNow: () => Promise<Opened>) {
    this.#options = options;
    this.#openNow = openNow;
  }

  async open(): Promise<void> {
    this.#opened = await this.#openNow();
    const { opening } = this.#opened;
    if (opening !== undefined) this.#waiting.unshift(opening);
    this.#start();
  }

  /** And again, until it succeeds. */
  openLater(): void {
    this.#timer = setTimeout(() => this.#start(), RETRY_MS).unref();
  }

  put(body: AuditBody): void {
    if (this.#closed) return;
    if (this.#waiting.length >= (this.#options.queueMax ?? QUEUE_MAX)) this.#dropped += 1;
    else this.#waiting.push(body);
    this.#start();
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Once: the lock that would be taken away a second time may be that of whoever came next. */
  close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#start();
    await this.idle();
    clearTimeout(this.#timer);
    await this.#opened?.close();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Until nothing waits. An error of the disk ends it when the log is closing: it is not coming back in time. */
  async #run(): Promise<void> {
    while (this.#hasWork()) {
      try {
        // What is recorded together is written together.
        await Promise.resolve();
        await this.#step();
      } catch (error) {
        this.#options.onProblem?.(error);
        if (this.#closed) return;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  #hasWork(): boolean {
    const isUnsigned = this.#signingDue || (this.#closed && this.#unsigned > 0);
    const isShut = this.#opened === undefined && !this.#closed;
    return this.#waiting.length > 0 || this.#dropped > 0 || isUnsigned || isShut;
  }

  async #step(): Promise<void> {
    if (this.#opened === undefined) return void (await this.open());
    const { writer, sign } = this.#opened;
    const room = this.#options.checkpointRecords - this.#unsigned;
    const batch = this.#waiting.slice(0, Math.max(1, Math.min(BATCH_MAX, room)));
    const lost = this.#dropped;
    const { nowMs = Date.now } = this.#options;
    if (lost > 0) batch.push({ kind: 'dropped', at: nowMs(), count: lost });
    if (batch.length > 0) {
      await writer.append(batch);
      this.#waiting.splice(0, lost > 0 ? batch.length - 1 : batch.length);
      this.#dropped -= lost;
      this.#unsigned += batch.length;
    }
    const isLast = this.#closed && this.#waiting.length === 0;
    if (this.#unsigned >= this.#options.checkpointRecords || this.#signingDue || isLast) {
      await sign();
      this.#unsigned = 0;
      this.#signingDue = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else if (!this.#closed) this.#signLater();
  }

  #signLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#signingDue = true;
      this.#start();
    }, this.#options.checkpointMs).unref();
  }
}

/** Only what an event has, each text one bounded line. */
function bounded(
  { at, actor, action, target, outcome, requestId, reason, from, count }: AuditEvent,
  mask: (text: string) => string,
): AuditEvent {
  const text = (said: string): string => oneLine(mask(said));
  return {
    at,
    actor: text(actor),
    action: text(action),
    target: text(target),
    outcome,
    requestId: text(requestId),
    ...(reason !== undefined && { reason: text(reason) }),
    ...(from !== undefined && { from: text(from) }),
    ...(count !== undefined && { count }),
  };
}
