import type { AuditSink } from '../../core/audit-sink.ts';
import type { Checkpoint } from '../audit/audit-line.ts';
import { logger, type LogOptions } from './logger.ts';

/** The audit log a second time, on standard output: the collectors send it where the scheduler cannot change it. */
export interface AuditTrail extends AuditSink {
  /** `audit verify --anchor` compares with these. */
  readonly checkpoint: (checkpoint: Checkpoint) => void;
}

/** Lines of a data set of their own. They are written whatever the level of the log is. */
export function auditTrail(options: LogOptions): AuditTrail {
  const log = logger({ ...options, level: 'info', dataset: 'nova.audit' });
  return {
    record: ({ actor, action, target, outcome, requestId, reason, from, count }) =>
      log.info({ actor, action, target, outcome, requestId, reason, from, count }, 'audit'),
    checkpoint: (checkpoint) => log.info({ checkpoint: JSON.stringify(checkpoint) }, 'audit checkpoint'),
  };
}
