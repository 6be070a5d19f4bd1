/**
 * Where is written who asked for what, and how it ended: for those who must be able to prove it later. `record` takes the
 * event and returns; it never throws and never waits for a disk.
 */
export interface AuditSink {
  record(event: AuditEvent): void;
}

/** One thing that someone did or tried. No payloads and no secrets: names, ids, outcomes. */
export interface AuditEvent {
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  /** Who, as the authenticator named them: `spiffe://...`, `system:serviceaccount:...`, `anonymous`, `scheduler`. */
  readonly actor: string;
  /** `noun:verb`, as `task:cancel` or `fleet:pause`. */
  readonly action: string;
  /** What it was done to: a task's id, a fleet's id, an agent's name. Empty when it was nothing in particular. */
  readonly target: string;
  /** `refused`: it was not let through. `failed`: it was, and could not be done. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Of the HTTP request, or of the tick that did it. */
  readonly requestId: string;
  /** Why it was refused or failed: a code, as `stale-token`. */
  readonly reason?: string;
  /** Address of one who has not proved who calls. */
  readonly from?: string;
  /**
   * There may be a flood of the like: of those with the same text here and the same reason the first is written, later the last
   * with their number. Not written itself.
   */
  readonly gather?: string;
  /** This was the last of so many that were gathered, and no other of them was written. */
  readonly count?: number;
}

/** For tools and tests that keep no audit log. */
export const noAudit: AuditSink = Object.freeze({ record: () => undefined });
