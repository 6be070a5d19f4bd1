/**
 * The store did not do what it was asked, for a reason of its own.
 * - `unavailable`: no connection, no answer in time, a replica, or it is loading; the outcome is not known
 * - `full`: out of memory; a prefix may have been applied
 * - `refused`: it will not run our script (rights, a version too old, a key of ours that somebody else has written); a prefix may
 *   have been applied
 */
export class StoreFailure extends Error {
  readonly kind: 'unavailable' | 'full' | 'refused';

  constructor(kind: StoreFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreFailure';
    this.kind = kind;
  }
}

/** A shard has as many switches as it takes; nothing changed. The message says which fleet's, and what to do, for callers. */
export class NoRoom extends StoreFailure {
  constructor(fleet: string) {
    super(
      'full',
      `${fleet} has no room for another switch: its builds that drain, agents that go and other notes are as many as its shard takes. ` +
        'Resume the fleet, which ends the drains of its builds, or pause or drain all of it: for that there is always room',
    );
    this.name = 'NoRoom';
  }
}

/** Nothing is known of a task, and that proves nothing. The message says why, for callers. */
export class Uncertain extends StoreFailure {
  constructor(message: string) {
    super('unavailable', message);
    this.name = 'Uncertain';
  }
}
