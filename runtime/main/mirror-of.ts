import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isLoopback, whoCalls, type Credentials, type Identity } from '../api/identity.ts';
import type { Workloads } from '../api/authenticators.ts';
import { lockFolder } from '../folder-lock/folder-lock.ts';
import { realFiles } from '../journal/journal-files.ts';
import type { Clock } from '../loops/clock.ts';
import { diskRoom } from '../mirror/disk-room.ts';
import { httpPeer } from '../mirror/mirror-peer.ts';
import { mirrorSender, type MirrorSender } from '../mirror/mirror-sender.ts';
import { mirrorServer, type MirrorCaller, type MirrorServer } from '../mirror/mirror-server.ts';
import { restoreJournal } from '../mirror/restore.ts';
import type { Config } from '../ops/config/fields.ts';
import { schedulerNames } from '../ops/config/scheduler-names.ts';
import type { Telemetry } from '../ops/telemetry.ts';
import { authenticatorsOf } from './authenticators-of.ts';

export interface MirrorOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'log' | 'observer'>;
  readonly stop: AbortSignal;
  /** Bytes by which the own journal may still grow. */
  readonly journalNeeds: () => number;
}

/** Both halves of `journal.mirror: peer`: what is kept here for another scheduler, and what is sent to the peer. */
export interface RunningMirror {
  readonly sender: MirrorSender;
  close(): Promise<void>;
}

/** A request that has not been answered by then has failed; a piece may wait for a slow disk. */
const REQUEST_MS = 10_000;
/** A mirror may be larger than a journal may be: ends are written beyond its bound. */
const BEYOND = 1.25;

/**
 * Takes mirrors from now on, also while its own journal is brought back: schedulers that start together wait for each other
 * here. `stopped`: it was asked to end meanwhile.
 */
export async function openMirror(options: MirrorOptions): Promise<RunningMirror | 'stopped'> {
  const { config, telemetry } = options;
  const log = telemetry.log;
  if (config.auth.devToken !== undefined && !isLoopback(config.mirror.host)) {
    throw new Error(`the development token is for loopback only, and mirrors are taken on ${config.mirror.host}`);
  }
  await mkdir(config.mirror.dir, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder({ directory: config.mirror.dir, file: 'lock', what: 'the mirror' });
  const kept = keeper(options);
  const token = tokenOf(config, options.clock);
  let journal = '';
  const peer = httpPeer({
    url: (config.mirror.peer ?? '').replaceAll('{name}', neighbours(config).peer),
    owner: config.scheduler.id,
    journal: () => journal,
    token,
    timeoutMs: REQUEST_MS,
  });
  const close = async (): Promise<void> => {
    peer.close();
    await kept.close();
    await unlock();
  };
  // Who waits for an answer that may take minutes is not kept from ending.
  const abandon = (): void => peer.close();
  options.stop.addEventListener('abort', abandon, { once: true });
  try {
    log.info(
      { action: 'mirror-listening' },
      `takes mirrors on ${await kept.listen(config.mirror.port, config.mirror.host)}`,
    );
    const restored = await restoreJournal({
      directory: config.journal.dir,
      source: peer,
      files: realFiles,
      clock: options.clock,
      skip: config.mirror.restore === 'skip',
      stop: options.stop,
      newId: randomUUID,
      tell: (message) => log.warn({ action: 'restore' }, message),
    });
    if (restored.kind === 'stopped') {
      await close();
      return 'stopped';
    }
    journal = restored.journal;
    if (restored.kind === 'restored') {
      const { segments, bytes } = restored;
      log.warn(
        { action: 'restored' },
        `the journal was empty: ${segments} segments (${bytes} bytes) are back from the peer`,
      );
    }
  } catch (error) {
    await close();
    throw error;
  } finally {
    options.stop.removeEventListener('abort', abandon);
  }
  const sender = senderTo(peer, options);
  return {
    sender,
    close: async () => {
      sender.close();
      await close();
    },
  };
}

/** Whose mirror is here, and where this one's is: each mirrors to the next, the last to the first. */
function neighbours({ scheduler }: Config): { readonly owner: string; readonly peer: string } {
  const names = schedulerNames(scheduler);
  const own = names.indexOf(scheduler.id);
  const at = (index: number): string => names[(index + names.length) % names.length] ?? '';
  return { owner: at(own - 1), peer: at(own + 1) };
}

function keeper({ config, clock, telemetry, journalNeeds }: MirrorOptions): MirrorServer {
  const { journal, mirror } = config;
  return mirrorServer({
    directory: mirror.dir,
    owners: [neighbours(config).owner],
    files: realFiles,
    bytesMax: Math.ceil(journal.bytesMax * BEYOND),
    room: diskRoom({ directory: mirror.dir, journal: journal.dir, journalNeeds, clock }),
    newSession: randomUUID,
    whoCalls: callers(config),
    onFault: (err) => telemetry.log.error({ err, action: 'mirror' }, 'the mirror of another scheduler failed here'),
  });
}

function senderTo(peer: ReturnType<typeof httpPeer>, { config, clock, telemetry }: MirrorOptions): MirrorSender {
  const { log, observer } = telemetry;
  return mirrorSender({
    peer,
    clock,
    files: realFiles,
    waitMs: config.mirror.waitMs,
    onSync: (seconds) => observer.mirrored?.(seconds),
    tell: (event) => {
      if (event.kind === 'mirrored') log.info({ action: 'mirrored' }, 'the peer has all of the journal');
      else log.warn({ action: 'unmirrored' }, `the peer does not have all of the journal: ${event.reason}`);
    },
  });
}

const PEER: Identity = { subject: 'peer', roles: new Set() };
const STRANGER: Identity = { subject: 'stranger', roles: new Set() };

/** Only the schedulers' own ServiceAccount, as the mesh or a token proves it; on one's own machine the development token. */
function callers(config: Config): (credentials: Credentials) => Promise<MirrorCaller> {
  const workloads: Workloads = (namespace, account) =>
    `${namespace}/${account}` === config.mirror.workload ? PEER : STRANGER;
  const ways = authenticatorsOf(config, workloads);
  return async (credentials) => {
    const who = await whoCalls(ways, credentials);
    if (who === 'unavailable') return 'unavailable';
    if (who === 'refused') return 'nobody';
    return who === PEER || who.isDeveloper === true ? 'peer' : 'stranger';
  };
}

const TOKEN_MS = 60_000;

/** What this scheduler shows to its peer. The kubelet renews it long before it ends. */
function tokenOf({ auth, mirror }: Config, clock: Clock): () => Promise<string | undefined> {
  const { tokenPath } = mirror;
  if (tokenPath === undefined) return () => Promise.resolve(auth.devToken?.reveal());
  let read: { readonly token: string; readonly atMs: number } | undefined;
  return async () => {
    if (read === undefined || clock.monotonicMs() - read.atMs >= TOKEN_MS) {
      read = { token: (await readFile(tokenPath, 'utf8')).trim(), atMs: clock.monotonicMs() };
    }
    return read.token;
  };
}
