import type { TaskPage } from '../../../spec/contract/protocol.ts';
import type { Connection } from '../../../runtime/client/connection.ts';
import type { Voice } from '../context.ts';
import { integer, text } from '../option.ts';
import { printable } from '../usage.ts';
import { printTasks } from './lines.ts';
import { fleetPath } from './names.ts';

/** What every list of tasks can be told. */
export const PAGE = {
  limit: integer('n', 'Tasks of one page', [1, 100], 20),
  after: text('mark', 'Goes on where the page before ended'),
};

export interface PageQuestion {
  readonly fleet: string;
  readonly of: 'open' | 'dead' | 'finished';
  readonly limit: number;
  readonly after: string | undefined;
}

/** Answers for one page that is shown: after so many that were short it says how to go on. */
const ASKS_MAX = 1000;

/**
 * A fleet's tasks, as many as were asked for where there are so many: a scheduler looks at so many for one answer and may find few
 * of one's own among them. Throws WordError for what is no fleet.
 */
export async function askPage(link: Connection, question: PageQuestion): Promise<TaskPage> {
  fleetPath(question.fleet);
  let page = await askOnce(link, question);
  for (let asks = 1; page.next !== undefined && page.tasks.length < question.limit && asks < ASKS_MAX; asks += 1) {
    const limit = question.limit - page.tasks.length;
    const more = await askOnce(link, { ...question, limit, after: page.next });
    page = { ...more, tasks: [...page.tasks, ...more.tasks] };
  }
  return page;
}

function askOnce(link: Connection, { fleet, of, limit, after }: PageQuestion): Promise<TaskPage> {
  const query = new URLSearchParams({ fleet, of, limit: String(limit), ...(after !== undefined && { after }) });
  return link.ask<TaskPage>({ method: 'GET', path: `/v1/tasks?${query.toString()}` });
}

/** A page for people: a list that does not end here says how it goes on. `none` is said of an empty one. */
export function printPage({ tasks, next }: TaskPage, none: string, out: Voice): void {
  if (tasks.length === 0) out.line(none);
  else printTasks(tasks, out);
  if (next !== undefined) out.line(out.style.dim(printable(`and more: --after ${next}`)));
}
