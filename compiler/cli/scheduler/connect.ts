import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../runtime/client/connection.ts';
import type { Context } from '../context.ts';
import { readGiven } from '../given-file.ts';
import { UsageError } from '../usage.ts';

/** Where `nova-torch serve` listens unless it is told otherwise. */
const OWN_URL = 'http://127.0.0.1:8080';
/** What `nova-torch serve --dev` makes. */
const DEV_TOKEN = '.nova-torch/dev-token';

/** A connection to the scheduler that the person means. A token is never an argument: those are seen by everybody on the machine. */
export async function connect(
  context: Context,
  { url: given, tokenFile, team: named }: Readonly<Record<'url' | 'tokenFile' | 'team', string | undefined>>,
): Promise<Connection> {
  const { env } = context.host;
  const url = given ?? env['NOVA_TORCH_SCHEDULER_URL'] ?? OWN_URL;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`\`${url}\` is no address of a scheduler`, [`one looks like ${OWN_URL}`]);
  }
  const token = tokenOf(context, tokenFile ?? env['NOVA_TORCH_TOKEN_FILE'], isOwn(url));
  const { connection } = await import('../../../runtime/client/connection.ts');
  const team = named ?? env['NOVA_TORCH_TEAM'];
  return connection({ url, ...(token !== undefined && { token }), ...(team !== undefined && { team }) });
}

/** Longest token that is read, in bytes. */
const TOKEN_BYTES_MAX = 64 * 1024;

function tokenOf(context: Context, file: string | undefined, own: boolean): string | undefined {
  const { env } = context.host;
  if (file !== undefined) return readGiven(file, TOKEN_BYTES_MAX, context, 'followed').trim();
  if (env['NOVA_TORCH_TOKEN'] !== undefined) return env['NOVA_TORCH_TOKEN'];
  const path = join(context.directory, DEV_TOKEN);
  return own && existsSync(path) ? readGiven(path, TOKEN_BYTES_MAX, context, 'refused').trim() : undefined;
}

function isOwn(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
