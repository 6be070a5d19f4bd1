import { StoreFailure } from '../store-failure.ts';

const FULL = /^(?:OOM\b|-?ERR Out of memory)|\bOut of memory\b|\bused memory > 'maxmemory'/;
const AWAY = /^(?:LOADING|READONLY|MASTERDOWN|MISCONF|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|MOVED|ASK)\b/;
/** A call of the script to a server that wants a login first has more parts than such a server takes from strangers. */
const NOT_US = /^(?:NOPERM|NOAUTH|WRONGPASS)\b|unknown command|unauthenticated/;

/** What comes before a complaint in the script; Redis 6 says more than 7, and says it twice. */
const IN_SCRIPT = /^ERR (?:Error running script[^:]*:|user_script:\s?\d+:)\s*(?:@?user_script:\s?\d+:\s*)*-?/;

/** Somebody else has written to a key of ours. */
const WRONG_TYPE = /^WRONGTYPE\b/;

/** What the server says of the script itself. */
const OF_SCRIPT = /\bscript\b|\buser_script\b/;

/**
 * What a failed command says about the store. Whatever the script complains of fails this shard alone, and is tried again: what it
 * stumbled over may be a key that somebody else has written, and the other shards, and what is promised meanwhile, are not to end
 * with it.
 */
export function asStoreFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  if (!(error instanceof Error)) {
    return new StoreFailure('unavailable', 'the store failed without a reason', { cause: error });
  }
  if (error.name !== 'ReplyError') return failure('unavailable', error);
  // The complaint of a command in the script follows the script's name and line.
  const said = error.message.replace(IN_SCRIPT, '');
  if (FULL.test(said) || FULL.test(error.message)) return failure('full', error);
  if (AWAY.test(said) || AWAY.test(error.message)) return failure('unavailable', error);
  const isRefused = NOT_US.test(said) || WRONG_TYPE.test(said) || OF_SCRIPT.test(error.message);
  return failure(isRefused ? 'refused' : 'unavailable', error);
}

function failure(kind: StoreFailure['kind'], error: Error): StoreFailure {
  return new StoreFailure(kind, inWords(error.message).slice(0, 200), { cause: error });
}

/** What the client and the server say to programmers, for those who run them. */
function inWords(message: string): string {
  if (message.startsWith('Stream isn')) return 'there is no connection';
  if (message.includes('unauthenticated')) return `it asks for a login (${message})`;
  return message.includes('WRONGTYPE') ? `somebody else has written to our keys in it (${message})` : message;
}
