import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import { compileTable } from '../../spec/contract/match.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';
import { valueCheck } from '../../spec/contract/task-schema/value-check.ts';
import { systemPlace, systemWords } from '../core/system-words.ts';
import type { Clock } from './clock.ts';
import { faultOf } from './table-faults.ts';

/**
 * The routing table as it is given to a scheduler: a JSON file, a folder that holds it as `routing-table.json`, or a folder into
 * which ConfigMaps are mounted (`part-1` to `part-<n>`, put together, are the JSON text; `parts` is n). A table is believed when
 * its digest is its own, so that one read while it was replaced is never used.
 */
export type TableRead = { readonly kind: 'table'; readonly table: RoutingTable } | Refused;

interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

const BYTES_MAX = 32 * 1024 * 1024;
const PARTS_MAX = 256;

/** `environment`: the one the scheduler runs in; another one's table is refused. */
export async function readTable(path: string, environment?: string): Promise<TableRead> {
  const read = await textAt(path);
  return typeof read === 'string' ? tableIn(read, path, environment) : read;
}

async function textAt(path: string): Promise<string | Refused> {
  try {
    return await readText(path);
  } catch (error) {
    return refused(unreadable(error, path));
  }
}

function tableIn(text: string, path: string, environment: string | undefined): TableRead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(`${path} is not JSON: it may be written just now`);
  }
  return believe(value, path, environment);
}

/**
 * Looks every `everyMs`; tells of each table that differs from the last, and of the last one again when one that was refused
 * has gone: then nothing is refused any more. Returns the way to stop.
 */
export function watchTable({
  path,
  environment,
  clock,
  everyMs,
  first,
  onTable,
  onRefused,
}: {
  readonly path: string;
  readonly environment?: string;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Digest of the table that is in force. */
  readonly first: string;
  readonly onTable: (table: RoutingTable) => void;
  readonly onRefused: (reason: string) => void;
}): () => void {
  let last = first;
  let lastReason = '';
  // Of the text of the table in force nothing new can be said, and to read a large table takes longer than a task may wait.
  let lastText: string | undefined;
  let stopped = false;
  let cancel = (): void => undefined;
  const refuse = (reason: string): void => {
    if (reason === lastReason) return;
    lastReason = reason;
    onRefused(reason);
  };
  // A table of our digest that is none of ours: whatever is found out of it too late must not end who looks.
  const take = (table: RoutingTable): void => {
    try {
      onTable(table);
    } catch (error) {
      refuse(`${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    last = table.digest;
    lastReason = '';
  };
  const judge = (read: TableRead): void => {
    if (read.kind === 'refused') refuse(read.reason);
    else if (read.table.digest !== last || lastReason !== '') take(read.table);
  };
  const look = async (): Promise<void> => {
    const text = await textAt(path);
    if (stopped) return;
    const isNew = text !== lastText || lastReason !== '';
    lastText = typeof text === 'string' ? text : undefined;
    if (isNew) judge(typeof text === 'string' ? tableIn(text, path, environment) : text);
    again();
  };
  const again = (): void => {
    cancel = clock.after(everyMs, () => void look());
  };
  again();
  return () => {
    stopped = true;
    cancel();
  };
}

function believe(value: unknown, path: string, environment: string | undefined): TableRead {
  if (!isTable(value)) return refused(`${path} is not a routing table of version 1`);
  const { digest, ...rest } = value;
  const own = digestOf(rest as unknown as Json);
  if (own === undefined) {
    return refused(
      `${path} cannot be used: it has a number beyond all bounds, or lists and maps nested far too deeply`,
    );
  }
  if (own !== digest) return refused(`${path} is not what was compiled: its digest is ${own}, it says ${digest}`);
  if (environment !== undefined && value.environment !== environment) {
    return refused(
      `${path} is of the environment ${value.environment}, this scheduler runs in ${environment}: see NOVA_TORCH_ENVIRONMENT`,
    );
  }
  const fault = faultIn(value);
  return fault === undefined ? { kind: 'table', table: value } : refused(`${path} cannot be used: ${fault}`);
}

/** Nothing of what JSON can say, and we cannot write: `1e999`, or more levels than a call stack has. */
function digestOf(rest: Json): string | undefined {
  try {
    return `sha256-${createHash('sha256').update(canonicalJson(rest)).digest('hex')}`;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whatever it is that cannot be used, the table in force stays: nothing of this one may be found out when it is. */
function faultIn(table: RoutingTable): string | undefined {
  try {
    const fault = faultOf(table);
    if (fault !== undefined) return fault;
    compileTable(table);
    for (const schema of Object.values(table.schemas)) valueCheck(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isTable(value: unknown): value is RoutingTable {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, environment, digest, teams, fleets, routes, schedules, providers, schemas } = value as Partial<
    Record<keyof RoutingTable, unknown>
  >;
  const maps = [teams, fleets, providers, schemas].every((map) => typeof map === 'object' && map !== null);
  const texts = typeof environment === 'string' && typeof digest === 'string';
  return schema === 1 && maps && texts && Array.isArray(routes) && Array.isArray(schedules);
}

async function readText(path: string): Promise<string> {
  const { isDirectory } = await sized(path);
  if (!isDirectory) return readWhole(path);
  const parts = await readFile(join(path, 'parts'), 'utf8').catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (parts === undefined) return readWhole(join(path, 'routing-table.json'));
  const count = Number(parts);
  if (!Number.isInteger(count) || count < 1 || count > PARTS_MAX)
    throw new Error(`${path}/parts is not a number of parts`);
  const names = Array.from({ length: count }, (_, index) => join(path, `part-${index + 1}`));
  const sizes = await Promise.all(names.map(sized));
  if (sizes.reduce((sum, part) => sum + part.size, 0) > BYTES_MAX)
    throw new Error(`${path} is larger than ${BYTES_MAX} bytes`);
  return (await Promise.all(names.map((name) => readFile(name, 'utf8')))).join('');
}

async function readWhole(path: string): Promise<string> {
  const { size } = await sized(path);
  if (size > BYTES_MAX) throw new Error(`${path} is larger than ${BYTES_MAX} bytes`);
  return readFile(path, 'utf8');
}

/** What is wrong with its size or its parts has words of its own, and no code. */
function unreadable(error: unknown, path: string): string {
  if (!(error instanceof Error) || !('code' in error)) return error instanceof Error ? error.message : String(error);
  return `the routing table ${systemPlace(error, path)} cannot be read: ${systemWords(error)}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function sized(path: string): Promise<{ readonly size: number; readonly isDirectory: boolean }> {
  const found = await stat(path);
  return { size: found.size, isDirectory: found.isDirectory() };
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
