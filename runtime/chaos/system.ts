import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpCaller, type HttpCaller } from '../load/http-caller.ts';
import { atExit } from './at-exit.ts';
import { agentChild, type AgentChild } from './agent-child.ts';
import type { AgentReport } from './agent-report.ts';
import { CHAOS_BUILD, CHAOS_ENVIRONMENT, CHAOS_FLEETS, chaosTable } from './chaos-table.ts';
import { schedulerProcess, type SchedulerProcess } from './scheduler-process.ts';
import { storeProcess, storeProgram, type StoreProcess } from './store-process.ts';
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts';

/**
 * A whole system in processes of its own on this machine: a store, schedulers, agents, and a wire between each two of them. It
 * listens on the loopback only, and leaves nothing behind.
 */
export interface ChaosSystem {
  readonly store: StoreProcess;
  readonly schedulers: readonly SchedulerProcess[];
  /** Those that ask for work, and those that are called. */
  readonly agents: readonly AgentChild[];
  readonly fleets: readonly string[];
  /** Of each scheduler: to the store, and from its callers. */
  readonly storeWires: readonly TcpProxy[];
  readonly callWires: readonly TcpProxy[];
  /** To each scheduler from the one whose mirror it keeps; empty without mirrors. */
  readonly mirrorWires: readonly TcpProxy[];
  readonly urls: readonly string[];
  readonly caller: HttpCaller;
  close(): Promise<void>;
}

export interface SystemOptions {
  /** The built command: `dist/compiler/cli/main.js`. */
  readonly command: string;
  readonly schedulers: number;
  readonly agents: number;
  readonly leaseMs: number;
  readonly lameDuckMs: number;
  readonly store?: string;
  /** Each journal on a small file system of its own. */
  readonly smallDisks?: boolean;
  /** Each journal has a mirror at the next scheduler. */
  readonly mirrored?: boolean;
  /** Agents of `PUSHED_FLEET`, which are called. */
  readonly calledAgents?: number;
  /** Where else they are called; there is no such fleet without either. */
  readonly pushUrl?: string;
  readonly onReport: (report: AgentReport) => void;
  /** A process ended that nobody had killed. */
  readonly onUnasked: (says: string) => void;
}

export async function startSystem(options: SystemOptions): Promise<ChaosSystem> {
  const { command, leaseMs, lameDuckMs, calledAgents = 0, onReport, onUnasked } = options;
  const program = storeProgram(options.store);
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-chaos-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const closing: (() => Promise<void> | void)[] = [remove, atExit(remove)];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const token = randomBytes(24).toString('base64url');
    const at = (name: string): string => {
      mkdirSync(join(folder, name), { recursive: true });
      return join(folder, name);
    };
    writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
    const [pushWire] = calledAgents > 0 ? await wires(1, closing) : [];
    const pushUrl = pushWire === undefined ? options.pushUrl : `http://127.0.0.1:${pushWire.port}/v1/tasks`;
    const table = chaosTable({ leaseMs, ...(pushUrl !== undefined && { pushUrl }) });
    writeFileSync(join(at('table'), 'routing-table.json'), JSON.stringify(table));
    const store = storeProcess(program, at('store'));
    await store.start();
    closing.push(() => store.child().kill());
    const count = options.schedulers;
    const storeWires = await wires(count, closing);
    const callWires = await wires(count, closing);
    const mirrorWires = options.mirrored === true ? await wires(count, closing) : [];
    for (const wire of storeWires) wire.lead(store.socket);
    const dist = join(command, '../../..');
    const schedulers = callWires.map((wire, index) => {
      const scheduler = schedulerProcess({
        name: `scheduler-${index}`,
        folder: at(`scheduler-${index}`),
        program: ['--import', join(dist, 'runtime/chaos/disk-preload.js'), command],
        env: {
          ...SETTINGS,
          NOVA_TORCH_SCHEDULER_COUNT: String(count),
          NOVA_TORCH_LAME_DUCK_MS: String(lameDuckMs),
          NOVA_TORCH_STORE_URL: `redis://127.0.0.1:${storeWires[index]?.port}`,
          NOVA_TORCH_ROUTING_DIR: join(folder, 'table'),
          NOVA_TORCH_AUTH_DEV_TOKEN_FILE: join(folder, 'token'),
          ...mirrorSettings(mirrorWires[(index + 1) % count]),
        },
        wire,
        ...mirrorWireOf(mirrorWires[index]),
        ...(options.smallDisks === true && { smallDisk: true }),
        onUnasked,
      });
      closing.push(async () => {
        await scheduler.kill();
        scheduler.smallDisk?.remove();
      });
      return scheduler;
    });
    await Promise.all(schedulers.map((scheduler) => scheduler.start()));
    const urls = schedulers.map(({ url }) => url);
    const orders = { fleets: CHAOS_FLEETS, build: CHAOS_BUILD, slots: 16, urls, token };
    const asking = Array.from({ length: options.agents }, (_, index) =>
      agentChild({
        orders: { ...orders, name: `agent-${index}` },
        program: [join(dist, 'runtime/chaos/agent-process.js')],
        folder,
        onReport,
      }),
    );
    const onPort = leadToOneOf(pushWire);
    const called = Array.from({ length: calledAgents }, (_, index) =>
      agentChild({
        orders: { ...orders, name: `called-${index}` },
        program: [join(dist, 'runtime/chaos/called-agent-process.js')],
        folder,
        onReport,
        onPort: (port) => onPort(index, port),
      }),
    );
    const agents = [...asking, ...called];
    for (const agent of agents) {
      agent.start();
      closing.push(() => agent.child().kill());
    }
    const caller = httpCaller(token);
    closing.push(() => caller.close());
    return {
      store,
      schedulers,
      agents,
      fleets: Object.keys(table.fleets),
      storeWires,
      callWires,
      mirrorWires,
      urls,
      caller,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const SETTINGS = {
  NOVA_TORCH_ENVIRONMENT: CHAOS_ENVIRONMENT,
  NOVA_TORCH_HTTP_PORT: '0',
  NOVA_TORCH_OPS_PORT: '0',
  // Small, so that segments come and go within a run.
  NOVA_TORCH_JOURNAL_SEGMENT_BYTES: String(1024 * 1024),
  NOVA_TORCH_JOURNAL_BYTES_MAX: String(64 * 1024 * 1024),
  // As short as it may be: what is shorter forgets ends that the others still need.
  NOVA_TORCH_JOURNAL_KEEP_MS: '60000',
};

/** New connections are to the first of those that may be called, as a Service has it. */
function leadToOneOf(wire: TcpProxy | undefined): (index: number, port: number | undefined) => void {
  const ports = new Map<number, number>();
  return (index, port) => {
    if (port === undefined) ports.delete(index);
    else ports.set(index, port);
    const [first] = ports.values();
    wire?.lead(first);
  };
}

function mirrorSettings(peer: TcpProxy | undefined): Readonly<Record<string, string>> {
  if (peer === undefined) return {};
  return {
    NOVA_TORCH_JOURNAL_MIRROR: 'peer',
    NOVA_TORCH_MIRROR_PEER: `http://127.0.0.1:${peer.port}`,
    NOVA_TORCH_MIRROR_PORT: '0',
  };
}

function mirrorWireOf(wire: TcpProxy | undefined): { readonly mirrorWire?: TcpProxy } {
  return wire === undefined ? {} : { mirrorWire: wire };
}

async function wires(count: number, closing: (() => Promise<void> | void)[]): Promise<readonly TcpProxy[]> {
  const made = await Promise.all(Array.from({ length: count }, () => tcpProxy()));
  for (const wire of made) closing.push(() => wire.close());
  return made;
}
