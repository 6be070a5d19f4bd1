import type { IncomingMessage } from 'node:http';
import type { TaskEvent } from '../../spec/contract/protocol.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Identity } from './identity.ts';

/** A request that has been let in, and is of a valid shape. */
export interface Call {
  readonly scheduler: Scheduler;
  readonly table: RoutingTable;
  readonly who: Identity;
  /** Whether everybody's things are in reach, or only the caller's own. */
  readonly all: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
  /** Of the body. */
  readonly bytes: number;
  /** Fires when the caller is gone, or shall wait no longer. */
  readonly gone: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly stream?: AsyncIterable<TaskEvent>;
}
