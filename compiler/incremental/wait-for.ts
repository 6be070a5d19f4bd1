/** How long is waited between two pauses, in milliseconds. */
const ROUND_MS = 50;

/** Waits for work that is done elsewhere, and pauses meanwhile: what the pause throws ends the wait, and not the work. */
export async function waitFor<T>(work: Promise<T>, pause: () => Promise<void>): Promise<T> {
  let isSettled = false;
  const settled = work.then(
    () => void (isSettled = true),
    () => void (isSettled = true),
  );
  while (!isSettled) {
    let timer: NodeJS.Timeout | undefined;
    const round = new Promise<void>((resolve) => void (timer = setTimeout(resolve, ROUND_MS)));
    await Promise.race([settled, round]);
    clearTimeout(timer);
    await pause();
  }
  return work;
}
