import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../runtime/client/connection.ts';
import type { Context } from '../context.ts';
import { readGiven } from '../given-file.ts';
import { text } from '../option.ts';
import { WordError } from '../usage.ts';

/** Where `nova-torch serve` listens unless it is told otherwise. */
const OWN_URL = 'http://127.0.0.1:8080';
/** What `nova-torch serve --dev` makes. */
const DEV_TOKEN = '.nova-torch/dev-token';

/** How every command that speaks to a scheduler is told which one, and by whom. */
export const REACH = {
  url: text('url', 'The scheduler; NOVA_TORCH_SCHEDULER_URL or http://127.0.0.1:8080 otherwise'),
  tokenFile: text('file', 'Your token; NOVA_TORCH_TOKEN or that of `serve --dev` otherwise', 'file'),
  team: text('team', 'Which of your teams you mean, where you are in several; NOVA_TORCH_TEAM otherwise'),
};

/** The scheduler that a person means, and who asks. */
export interface Reach {
  readonly url: string;
  /** Asked for each call; that of a file is renewed while a long command runs. */
  readonly token?: () => string;
  readonly team?: string;
}

/** What was said, or else what the environment says. A token is never an argument: those are seen by everybody on the machine. */
export function reachOf(
  context: Context,
  { url: given, tokenFile, team: named }: Readonly<Record<'url' | 'tokenFile' | 'team', string | undefined>>,
): Reach {
  const { env } = context.host;
  const url = given ?? env['NOVA_TORCH_SCHEDULER_URL'] ?? OWN_URL;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new WordError(`\`${url}\` is no address of a scheduler`, [`one looks like ${OWN_URL}`]);
  }
  const { username, password, host } = new URL(url);
  if (username !== '' || password !== '') {
    throw new WordError(`the address of ${host} holds a login`, [
      'a token says who asks: NOVA_TORCH_TOKEN, or --token-file',
    ]);
  }
  const token = tokenOf(context, tokenFile ?? env['NOVA_TORCH_TOKEN_FILE'], isOwn(url));
  const team = named ?? env['NOVA_TORCH_TEAM'];
  if (team !== undefined && !/^[a-z0-9-]{1,63}$/.test(team)) throw new WordError(`\`${team}\` is no team`);
  return { url, ...(token !== undefined && { token }), ...(team !== undefined && { team }) };
}

/** A connection to the scheduler that the person means. */
export async function connect(context: Context, given: Parameters<typeof reachOf>[1]): Promise<Connection> {
  const reach = reachOf(context, given);
  const { connection } = await import('../../../runtime/client/connection.ts');
  return connection(reach);
}

/** Longest token that is read, in bytes. */
const TOKEN_BYTES_MAX = 64 * 1024;
/** How long a token that was read is taken for that of the file. */
const TOKEN_READ_MS = 1000;

function tokenOf(context: Context, file: string | undefined, own: boolean): (() => string) | undefined {
  const { env } = context.host;
  const read = (path: string, links: 'refused' | 'followed'): string =>
    believable(readGiven(path, TOKEN_BYTES_MAX, context, links).trim(), `\`${path}\``);
  if (file !== undefined) return renewed(() => read(file, 'followed'), context);
  const given = env['NOVA_TORCH_TOKEN'];
  if (given !== undefined && given !== '') {
    const token = believable(given, 'NOVA_TORCH_TOKEN');
    return () => token;
  }
  const path = join(context.directory, DEV_TOKEN);
  if (!own || !existsSync(path)) return undefined;
  return renewed(() => read(path, 'refused'), context);
}

/** What cannot stand in a header would look like a scheduler that does not answer. The token itself is not repeated. */
function believable(token: string, place: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new WordError(`${place} holds no token`, ['a token is one line of printable characters, without a space']);
}

/** Reads now, and again now and then. A file that is being replaced may not be there for a moment: then what was read counts. */
function renewed(read: () => string, { host }: Context): () => string {
  let token = read();
  let readMs = host.now();
  return () => {
    if (host.now() - readMs < TOKEN_READ_MS) return token;
    readMs = host.now();
    try {
      token = read();
    } catch {
      // The next look finds it.
    }
    return token;
  };
}

function isOwn(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
