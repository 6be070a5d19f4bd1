/** A signal that ends with another one or after a time, and the way to let go of both. */
export interface Limited {
  readonly signal: AbortSignal;
  end(): void;
}

/**
 * What `AbortSignal.any` of a timeout says it does. Node 20 may collect such a timeout before it fires, and then a call that
 * nobody answers never ends; here the timer itself is held.
 */
export function limited(ms: number, outer?: AbortSignal): Limited {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new DOMException('it took too long', 'TimeoutError')), ms);
  const stop = (): void => own.abort(outer?.reason);
  if (outer?.aborted === true) stop();
  else outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: own.signal,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stop);
    },
  };
}
