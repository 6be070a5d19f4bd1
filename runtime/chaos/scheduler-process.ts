import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEDULER_NODE_OPTIONS } from '../../spec/contract/node-options.ts';
import { startChild, type Child } from './child.ts';
import { smallDisk, type SmallDisk } from './small-disk.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** One scheduler of the system: the built command, its own journal and disk, and the wire that callers reach it by. */
export interface SchedulerProcess {
  readonly name: string;
  readonly journal: string;
  readonly disk: string;
  /** What it keeps of another scheduler's journal. */
  readonly mirror: string;
  /** File system of the journal, where it has one of its own. */
  readonly smallDisk?: SmallDisk;
  /** Address that stays the same over restarts. */
  readonly url: string;
  /** Of the life that runs: the API without the wire, and health and metrics. */
  apiUrl(): string;
  opsUrl(): string;
  child(): Child;
  /** Resolves when it takes calls. Rejects when it ends before. */
  start(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface SchedulerProcessOptions {
  readonly name: string;
  readonly folder: string;
  /** Node's arguments: the file of the command, preceded by what is loaded before it. */
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The journal gets a file system of its own. */
  readonly smallDisk?: boolean;
  readonly wire: Pick<TcpProxy, 'port' | 'lead'>;
  /** That by which it is sent the mirror of another one, where there are mirrors. */
  readonly mirrorWire?: Pick<TcpProxy, 'lead'>;
  /** It ended although nobody asked it to. */
  readonly onUnasked: (says: string) => void;
}

const START_MS = 60_000;
const LISTENING = /listening on http:\/\/[^:\s]+:(\d+), health and metrics on (http:[^\s"]+)/;
const MIRRORS = /takes mirrors on http:\/\/[^:\s]+:(\d+)/;

export function schedulerProcess(options: SchedulerProcessOptions): SchedulerProcess {
  const { name, folder, program, env, wire, mirrorWire, onUnasked } = options;
  const journal = join(folder, 'journal');
  const disk = join(folder, 'disk');
  const mirror = join(folder, 'mirror');
  mkdirSync(disk, { recursive: true });
  const small = options.smallDisk === true ? smallDisk(journal) : undefined;
  let child: Child | undefined;
  let opsUrl = '';
  let apiUrl = '';
  /** The one that runs; what ends late is still of its own life. */
  let life = { asked: true };
  const running = (): Child => {
    if (child === undefined) throw new Error(`${name} was not started`);
    return child;
  };
  const start = async (): Promise<void> => {
    const ours = { asked: false };
    life = ours;
    const own = await new Promise<Child>((resolve, reject) => {
      const begun = startChild({
        program: process.execPath,
        args: [...program, 'serve'],
        cwd: folder,
        env: {
          NODE_OPTIONS: SCHEDULER_NODE_OPTIONS,
          ...env,
          NOVA_TORCH_SCHEDULER_ID: name,
          NOVA_TORCH_JOURNAL_DIR: journal,
          NOVA_TORCH_AUDIT_DIR: join(folder, 'audit'),
          NOVA_TORCH_MIRROR_DIR: mirror,
          CHAOS_DISK: disk,
        },
        onLine: (line) => {
          const [, mirrorPort] = MIRRORS.exec(line) ?? [];
          if (mirrorPort !== undefined) mirrorWire?.lead(Number(mirrorPort));
          const [, port, ops] = LISTENING.exec(line) ?? [];
          if (port === undefined || ops === undefined) return;
          opsUrl = ops;
          apiUrl = `http://127.0.0.1:${port}`;
          wire.lead(Number(port));
          resolve(begun);
        },
      });
      child = begun;
      const late = setTimeout(() => reject(new Error(`${name} did not start in time`)), START_MS);
      void begun.ended.then(({ code, signal }) => {
        clearTimeout(late);
        if (life === ours) {
          wire.lead(undefined);
          mirrorWire?.lead(undefined);
        }
        const says = `${name} ended by itself with ${code ?? signal}:\n${begun.tail().slice(-12).join('\n')}`;
        reject(new Error(says));
        if (!ours.asked) onUnasked(says);
      });
    });
    child = own;
  };
  return {
    name,
    journal,
    disk,
    mirror,
    ...(small !== undefined && { smallDisk: small }),
    url: `http://127.0.0.1:${wire.port}`,
    apiUrl: () => apiUrl,
    opsUrl: () => opsUrl,
    child: running,
    start,
    stop: async () => {
      life.asked = true;
      running().signal('SIGTERM');
      return (await running().ended).code;
    },
    kill: async () => {
      life.asked = true;
      await child?.kill();
      wire.lead(undefined);
      mirrorWire?.lead(undefined);
    },
  };
}
