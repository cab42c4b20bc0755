/** How long a call may take. Times in milliseconds. */
export interface CallTime {
  readonly timeoutMs: number;
  /** How long it may take to end by itself once its signal has aborted; its own error says more than ours. */
  readonly graceMs: number;
  /** What its signal aborts with when its time is up, and what is thrown if it does not end then. */
  readonly timeUp: () => Error;
  /** Its caller may give it up sooner. */
  readonly outer?: { readonly signal: AbortSignal; readonly givenUp: () => Error } | undefined;
}

/**
 * Makes a call whose signal aborts when its time is up, or when its caller's does. A call that does not end even then, after a
 * moment of grace, is abandoned, so that it cannot hold up whoever waits for it.
 * @throws `timeUp()` or `givenUp()` when the call was abandoned; whatever the call throws.
 */
export async function withinTime<T>(call: (signal: AbortSignal) => Promise<T>, time: CallTime): Promise<T> {
  const { timeoutMs, graceMs, timeUp, outer } = time;
  const controller = new AbortController();
  const abandoned = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const end = (reason: Error): void => {
    clearTimeout(timer);
    // Without grace what the call makes of its signal comes too late. Otherwise, as a busy event loop sees the timer before an answer
    // that has long arrived, it is let read the sockets first.
    if (graceMs === 0) abandoned.reject(reason);
    else timer = setTimeout(() => setImmediate(() => abandoned.reject(reason)), graceMs);
    controller.abort(reason);
  };
  const onAbort = (): void => {
    if (outer !== undefined) end(outer.givenUp());
  };
  timer = setTimeout(() => end(timeUp()), timeoutMs);
  outer?.signal.addEventListener('abort', onAbort, { once: true });
  if (outer?.signal.aborted === true) onAbort();
  try {
    return await Promise.race([call(controller.signal), abandoned.promise]);
  } finally {
    clearTimeout(timer);
    outer?.signal.removeEventListener('abort', onAbort);
  }
}

/** Waits for work that cannot be told to end; it goes on when the signal aborts. @throws `reason()` then, or what the work throws. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(reason());
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
