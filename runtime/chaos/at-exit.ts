import process from 'node:process';

/**
 * What must be done when this process ends before it could tidy up: a second Ctrl-C ends it at once. Jobs are done in the reverse
 * order, and only what needs no waiting can be done then.
 */
const jobs = new Set<() => void>();

/** Does a job when the process ends, unless what is returned was called before. */
export function atExit(job: () => void): () => void {
  if (jobs.size === 0) process.once('exit', doAll);
  jobs.add(job);
  return () => {
    jobs.delete(job);
    if (jobs.size === 0) process.off('exit', doAll);
  };
}

function doAll(): void {
  for (const job of [...jobs].reverse()) {
    try {
      job();
    } catch {
      // The others are to be done all the same.
    }
  }
}
