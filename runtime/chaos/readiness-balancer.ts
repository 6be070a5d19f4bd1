import { setTimeout as pause } from 'node:timers/promises';
import { CallFailed, type HttpCaller } from '../load/http-caller.ts';

/** Sends callers to replicas that say they are ready, as a Service of Kubernetes does: it learns of a change a probe late. */
export interface Balancer {
  /** Where the next request goes; nothing when nobody is ready. */
  next(): string | undefined;
  isReady(index: number): boolean;
}

export interface Replica {
  apiUrl(): string;
  opsUrl(): string;
}

const PROBE_EVERY_MS = 250;
const PROBE_MS = 1000;
/** A replica that does not answer is taken out after so many; one that says no is out at once. */
const SILENT_MAX = 3;

export function readinessBalancer(replicas: readonly Replica[], caller: HttpCaller, stop: AbortSignal): Balancer {
  const targets: (string | undefined)[] = replicas.map(() => undefined);
  const probe = async (replica: Replica, index: number): Promise<void> => {
    for (let silent = 0; !stop.aborted; await pause(PROBE_EVERY_MS)) {
      const url = replica.apiUrl();
      const said = await isReady(caller, replica.opsUrl());
      silent = said === undefined ? silent + 1 : 0;
      if (said === true) targets[index] = url;
      else if (said === false || silent >= SILENT_MAX) targets[index] = undefined;
    }
  };
  replicas.forEach((replica, index) => void probe(replica, index));
  let turn = 0;
  return {
    next: () => {
      const ready = targets.filter((target) => target !== undefined);
      turn += 1;
      return ready[turn % ready.length];
    },
    isReady: (index) => targets[index] !== undefined,
  };
}

async function isReady(caller: HttpCaller, opsUrl: string): Promise<boolean | undefined> {
  try {
    const { status } = await caller.call({ method: 'GET', url: `${opsUrl}/healthz/ready`, timeoutMs: PROBE_MS });
    return status === 200;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return error.code === 'ECONNREFUSED' ? false : undefined;
  }
}
