/**
 * The store did not do what it was asked, for a reason of its own.
 * - `unavailable`: no connection, no answer in time, a replica, or it is loading; the outcome is not known
 * - `full`: out of memory; a prefix may have been applied
 * - `refused`: it will not run our script (rights, a version too old); nothing was applied
 */
export class StoreFailure extends Error {
  readonly kind: 'unavailable' | 'full' | 'refused';

  constructor(kind: StoreFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreFailure';
    this.kind = kind;
  }
}

/** The store does not know a task, and that proves nothing: these schedulers may have it, and have not been seen there. */
export class SchedulersAbsent extends StoreFailure {
  readonly absent: readonly string[];

  constructor(absent: readonly string[]) {
    super('unavailable', `the store does not know it; ${absent.join(', ')} may, and was not seen there`);
    this.name = 'SchedulersAbsent';
    this.absent = absent;
  }
}
