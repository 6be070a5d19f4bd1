import type { Host, Sink } from './host.ts';

/** What is needed of a process. */
export type RunningProcess = Pick<
  NodeJS.Process,
  'on' | 'exit' | 'cwd' | 'env' | 'stdin' | 'stdout' | 'stderr' | 'versions'
>;

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
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: sinkOf(process.stdout, () => stop.abort('unread')),
    stderr: sinkOf(process.stderr, () => {}),
    stdin: () => readAll(process.stdin),
    stop: stop.signal,
    allowToEnd: (ms) => {
      graceMs = ms;
    },
    end: (code) => process.exit(code),
    now: () => performance.now(),
    node: process.versions.node,
    today: () => new Date().toISOString().slice(0, 10),
  };
}

/** A reader that went away (`| head`) is no error: later text is dropped and the command ends with its own code. */
function sinkOf(stream: NodeJS.WriteStream, gone: () => void): Sink {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    open = false;
    gone();
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
