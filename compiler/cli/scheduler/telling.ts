import {
  type Ask,
  type Connection,
  SchedulerProblem,
  SchedulerUnreachable,
} from '../../../runtime/client/connection.ts';
import type { Context } from '../context.ts';
import { printable } from '../usage.ts';

/**
 * The same connection, for a command that asks again while nobody answers: says so, once for each time that lasts. A minute in
 * which nothing is said is a command that hangs.
 */
export function telling(link: Connection, forMs: number, { err }: Context): Connection {
  let isTold = false;
  const heard = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await call;
      isTold = false;
      return answer;
    } catch (error) {
      if (!isTold && isAway(error)) {
        isTold = true;
        err.line(err.style.dim(printable(`${error.message}; asking again, for ${forMs / 1000} s at most`)));
      }
      throw error;
    }
  };
  return {
    ask: <Body>(ask: Ask) => heard(link.ask<Body>(ask)),
    stream: (ask) => heard(link.stream(ask)),
  };
}

/** What is asked again after: no answer, one of somebody in between, or "come back later". */
function isAway(error: unknown): error is Error {
  if (error instanceof SchedulerProblem) return error.status === 429 || (error.status >= 502 && error.status <= 504);
  return error instanceof SchedulerUnreachable;
}
