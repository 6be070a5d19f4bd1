import { StoreFailure } from '../store-failure.ts';

const FULL = /^(?:OOM\b|-?ERR Out of memory)|\bOut of memory\b|\bused memory > 'maxmemory'/;
const AWAY = /^(?:LOADING|READONLY|MASTERDOWN|MISCONF|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|MOVED|ASK)\b/;
const NOT_US = /^(?:NOPERM|NOAUTH|WRONGPASS)\b|unknown command/;

/** What comes before a complaint in the script; Redis 6 says more than 7, and says it twice. */
const IN_SCRIPT = /^ERR (?:Error running script[^:]*:|user_script:\s?\d+:)\s*(?:@?user_script:\s?\d+:\s*)*-?/;

/**
 * What a failed command says about the store. A reply that is none of the known complaints is our own mistake (the script's)
 * and comes back as it is.
 */
export function asStoreFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('the store failed without a reason', { cause: error });
  if (error.name !== 'ReplyError') return failure('unavailable', error);
  // The complaint of a command in the script follows the script's name and line.
  const said = error.message.replace(IN_SCRIPT, '');
  if (FULL.test(said) || FULL.test(error.message)) return failure('full', error);
  if (AWAY.test(said) || AWAY.test(error.message)) return failure('unavailable', error);
  return NOT_US.test(said) ? failure('refused', error) : error;
}

function failure(kind: StoreFailure['kind'], error: Error): StoreFailure {
  return new StoreFailure(kind, error.message.slice(0, 200), { cause: error });
}
