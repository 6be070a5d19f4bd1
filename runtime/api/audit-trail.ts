import type { FastifyRequest } from 'fastify';
import type { AuditSink } from '../core/audit-sink.ts';
import type { Identity } from './identity.ts';
import type { Operation } from './operation.ts';
import { PROBLEMS, type ProblemError } from './problems.ts';

/** What is known of a request when its end is written down. */
export interface Asked {
  readonly request: FastifyRequest;
  readonly operation: Operation | undefined;
  readonly who: Identity | undefined;
}

const TARGET_MAX = 200;

/** Writes down what changed something, and whatever was refused. */
export function auditTrail(sink: AuditSink, nowMs: () => number) {
  return {
    /** An operation that changes something has done so; the answer may name what. */
    done({ request, operation, who }: Asked, answer: unknown): void {
      if (operation?.audit === undefined) return;
      const id = (answer as { readonly id?: unknown } | undefined)?.id;
      sink.record({
        at: nowMs(),
        actor: actorOf(who),
        action: operation.audit,
        target: typeof id === 'string' ? id : targetOf(request),
        outcome: 'done',
        requestId: request.id,
      });
    },

    /** Anyone may be refused without end who has not proved who calls, and everybody for too many requests: those are gathered. */
    refused({ request, operation, who }: Asked, { problem }: ProblemError): void {
      const [status] = PROBLEMS[problem];
      const from = who === undefined ? (request.socket.remoteAddress ?? '') : undefined;
      const gather = from ?? (status === 429 || status === 503 ? actorOf(who) : undefined);
      sink.record({
        at: nowMs(),
        actor: actorOf(who),
        action: operation === undefined ? 'api:unknown' : (operation.audit ?? `api:${operation.id}`),
        target: targetOf(request),
        outcome: status >= 500 ? 'failed' : 'refused',
        requestId: request.id,
        reason: problem,
        ...(from !== undefined && { from }),
        ...(gather !== undefined && { gather }),
      });
    },

    /** Bytes that were no request. */
    malformed({ problem }: ProblemError, peer: string, requestId: string): void {
      const action = 'api:malformed';
      sink.record({
        at: nowMs(),
        actor: 'anonymous',
        action,
        target: peer,
        outcome: 'refused',
        requestId,
        reason: problem,
        from: peer,
        gather: peer,
      });
    },
  };
}

export type AuditTrail = ReturnType<typeof auditTrail>;

function actorOf(who: Identity | undefined): string {
  return who?.subject ?? 'anonymous';
}

/** The path's parameters; of an unknown path, the path. A query may hold anything and is left out. */
function targetOf({ params, url }: FastifyRequest): string {
  const { '*': _, ...named } = (params ?? {}) as Readonly<Record<string, string>>;
  const parts = Object.values(named);
  return (parts.length > 0 ? parts.join('/') : url.replace(/\?.*$/s, '')).slice(0, TARGET_MAX);
}
