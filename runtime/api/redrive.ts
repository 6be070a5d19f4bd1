import type { RedriveRequest, RedriveResponse } from '../../spec/contract/protocol.ts';
import type { Answer, Call } from './call.ts';
import { found, pathFleet } from './ownership.ts';
import { ProblemError } from './problems.ts';
import { problemOf } from './refusals.ts';

type Left = RedriveResponse['left'][number];

/** Dead letters become ready one by one. What was done is told also when something comes in between. */
export async function redriveMany(call: Call): Promise<Answer> {
  const { ids, limit = 20 } = call.body as RedriveRequest;
  const fleet = pathFleet(call);
  found(await call.scheduler.fleet(fleet));
  const chosen = ids ?? (await call.scheduler.tasks({ fleet, of: 'dead', limit })).tasks.map(({ id }) => id);
  const redriven: string[] = [];
  const left: Left[] = [];
  for (const id of new Set(chosen)) {
    const why = await redriveOne(call, fleet, id).catch((error: unknown) => {
      if (redriven.length === 0) throw error;
      return notKnown(error);
    });
    if (why === undefined) redriven.push(id);
    else left.push({ id, detail: why });
  }
  if (ids !== undefined && redriven.length === 0) refuse(left, fleet);
  return { status: 200, body: { redriven, left } };
}

/** Nothing when it is ready again, and otherwise why it is not. */
async function redriveOne({ scheduler }: Call, fleet: string, id: string): Promise<string | undefined> {
  if ((await scheduler.task(id))?.fleet !== fleet) return isNotOf(fleet);
  const outcome = await scheduler.redrive(id);
  if (outcome.kind === 'done') return undefined;
  return outcome.kind === 'unknown' ? isNotOf(fleet) : `is ${outcome.task.state}`;
}

function isNotOf(fleet: string): string {
  return `is not of ${fleet}`;
}

function notKnown(error: unknown): string {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  return `may be dead still: ${problem.detail ?? 'the store does not answer'}`;
}

/** Who names dead letters learns what is wrong with the names when none of them is one. */
function refuse(left: readonly Left[], fleet: string): void {
  if (left.length === 0) return;
  const detail = left.map((one) => `${one.id} ${one.detail}`).join(', ');
  throw new ProblemError(left.every((one) => one.detail === isNotOf(fleet)) ? 'not-found' : 'not-now', { detail });
}
