import { StoreFailure } from '../store-failure.ts';

const FULL = /^(?:OOM\b|-?ERR Out of memory)|\bOut of memory\b|\bused memory > 'maxmemory'/;
const AWAY = /^(?:LOADING|READONLY|MASTERDOWN|MISCONF|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|MOVED|ASK)\b/;
/** A call of the script to a server that wants a login first has more parts than such a server takes from strangers. */
const NOT_US = /^(?:NOPERM|NOAUTH|WRONGPASS)\b|unknown command|unauthenticated/;

/** What comes before a complaint in the script; Redis 6 says more than 7, and says it twice. */
const IN_SCRIPT = /^ERR (?:Error running script[^:]*:|user_script:\s?\d+:)\s*(?:@?user_script:\s?\d+:\s*)*-?/;

/** What the server says of the script itself. */
const OF_SCRIPT = /\bscript\b|\buser_script\b/;

/**
 * What a failed command says about the store. A complaint of the script that is none of the known ones is our own mistake and comes
 * back as it is. Whatever else is said comes from the server, or from what answers in its place.
 */
export function asStoreFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('the store failed without a reason', { cause: error });
  if (error.name !== 'ReplyError') return failure('unavailable', error);
  // The complaint of a command in the script follows the script's name and line.
  const said = error.message.replace(IN_SCRIPT, '');
  if (FULL.test(said) || FULL.test(error.message)) return failure('full', error);
  if (AWAY.test(said) || AWAY.test(error.message)) return failure('unavailable', error);
  if (NOT_US.test(said)) return failure('refused', error);
  return OF_SCRIPT.test(error.message) ? error : failure('unavailable', error);
}

function failure(kind: StoreFailure['kind'], error: Error): StoreFailure {
  return new StoreFailure(kind, inWords(error.message).slice(0, 200), { cause: error });
}

/** What the client and the server say to programmers, for those who run them. */
function inWords(message: string): string {
  if (message.startsWith('Stream isn')) return 'there is no connection';
  return message.includes('unauthenticated') ? `it asks for a login (${message})` : message;
}
