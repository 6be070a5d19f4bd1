import { connect } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends parts one after the other over a connection of its own, and gives every byte that comes back until it ends. */
export async function overTheWire(
  url: string,
  parts: readonly (string | Buffer)[],
  { waitMs = 2000, pauseMs = 0 }: { readonly waitMs?: number; readonly pauseMs?: number } = {},
): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (data) => {
    heard += data.toString('latin1');
  });
  const over = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('error', () => resolve());
  });
  const timer = setTimeout(() => socket.destroy(), waitMs);
  for (const part of parts) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (socket.writable) socket.write(part);
  }
  await over;
  clearTimeout(timer);
  return heard;
}

/** Answers one after the other; what has no length reaches to the end. */
export function answersIn(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
    if (end === -1 || status === undefined) throw new Error(`not an answer: ${rest.slice(0, 200)}`);
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers['content-length'] ?? rest.length);
    const isInterim = status.startsWith('1');
    answers.push({ status: Number(status), headers, body: isInterim ? '' : rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + (isInterim ? 0 : length));
  }
  return answers;
}
