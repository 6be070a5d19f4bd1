import { exits } from './exit.ts';
import type { Host, Sink } from './host.ts';
import { reasonOf } from './system-problem.ts';

/** What is needed of a process. */
export type RunningProcess = Pick<
  NodeJS.Process,
  'on' | 'exit' | 'exitCode' | 'cwd' | 'env' | 'stdin' | 'stdout' | 'stderr' | 'versions'
>;

/** What Node ends with where nobody caught an error. */
const CRASHED = 1;

/** How long a command may take to end after it was asked to. */
const STOP_GRACE_MS = 3000;

/**
 * The host that is a process, the real one where no other is given. SIGINT and SIGTERM ask to stop; a second one, or the
 * end of the grace, ends it.
 */
export function processHost(process: RunningProcess = globalThis.process): Host {
  const stop = new AbortController();
  let graceMs = STOP_GRACE_MS;
  const ask = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort('interrupted');
    setTimeout(() => process.exit(130), graceMs).unref();
  };
  process.on('SIGINT', ask).on('SIGTERM', ask);
  const lost = (error: NodeJS.ErrnoException) => {
    stop.abort('unread');
    if (error.code === 'EPIPE') return;
    stderr.write(`error: cannot write to standard output: ${reasonOf(error)}\n`);
    // Whatever the command came to, nobody was told.
    process.exitCode = exits.disk;
  };
  const stdout = sinkOf(process.stdout, lost);
  // Where problems cannot be shown there is nobody to tell; the command's own code says that there are some.
  const stderr = sinkOf(process.stderr, () => {});
  return {
    cwd: folderOf(process),
    env: process.env,
    stdout,
    stderr,
    stdin: () => readAll(process.stdin),
    stop: stop.signal,
    allowToEnd: (ms) => {
      graceMs = ms;
    },
    onCrash: (tell) => {
      // A promise that was rejected and that nobody waits for comes here as well.
      process.on('uncaughtException', (error: unknown) => {
        try {
          tell(error);
        } catch {
          stderr.write('error: ended by an error that could not be logged\n');
        }
        process.exit(CRASHED);
      });
    },
    end: (code) => process.exit(code),
    now: () => performance.now(),
    node: process.versions.node,
    today: () => new Date().toISOString().slice(0, 10),
  };
}

/** The folder the process works in; nothing when somebody removed it. */
function folderOf(process: RunningProcess): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/**
 * A stream whose failure is told once, and what is written afterwards is dropped. A reader that went away (`| head`) is no
 * error: the command ends with its own code.
 */
function sinkOf(stream: NodeJS.WriteStream, failed: (error: NodeJS.ErrnoException) => void): Sink {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (open) failed(error);
    open = false;
  });
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : 0,
    write: (text) => {
      if (open) stream.write(text);
    },
  };
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
