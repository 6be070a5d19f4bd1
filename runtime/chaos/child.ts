import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.ts';

/** A process of the system that is broken, started again as often as it is killed. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  isAlive(): boolean;
  /** Its last lines on both outputs. */
  tail(): readonly string[];
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGKILL, also of a stopped one; resolves when it is gone. */
  kill(): Promise<void>;
  readonly ended: Promise<ChildEnd>;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Speaks over the channel of Node. */
  readonly ipc?: boolean;
  readonly onLine?: (line: string) => void;
}

const TAIL_LINES = 40;

export function startChild({ program, args, cwd, env, ipc = false, onLine }: ChildOptions): Child {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  // It outlives nobody who could end it, a stopped one neither.
  const forget = atExit(() => child.kill('SIGKILL'));
  child.once('exit', forget).once('error', forget);
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        onLine?.(line);
      }
    });
  }
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('error', (error) => {
      tail.push(error.message);
      resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const isAlive = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    process: child,
    isAlive,
    tail: () => tail,
    signal: (name) => {
      if (isAlive()) child.kill(name);
    },
    kill: async () => {
      if (!isAlive()) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    ended,
  };
}
