import type { Json } from '../../spec/contract/source.ts';
import { CallFailed, problemCode, type HttpAnswer, type HttpCaller } from './http-caller.ts';

/** Why there is nothing to measure. */
export interface Hopeless {
  /** `words`: what was asked for cannot be meant. `denied`: who asks may not do that. `refused`: the scheduler does not take it. */
  readonly because: 'words' | 'denied' | 'refused';
  readonly message: string;
  readonly hint: string;
}

const CALL_MS = 5000;
const WHO = 'set NOVA_TORCH_TOKEN, or name the file of a token with --token-file';

/** Asks once before everything is asked: a wrong address is no result of a measurement. */
export async function unreachable(caller: HttpCaller, url: string): Promise<Hopeless | undefined> {
  try {
    const answer = await caller.call({ method: 'GET', url: `${url}/v1/status`, timeoutMs: CALL_MS });
    return answer.status === 200 ? undefined : refusal(url, answer, 'is this the API of a scheduler?');
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return {
      because: 'refused',
      message: `nobody answers at ${url}: ${error.code}`,
      hint: 'start one with `nova-torch serve --dev`, or name another with --url',
    };
  }
}

/** Registers an agent before all of them are: those that are refused take nothing, and nobody would hear of it. */
export async function unwanted(caller: HttpCaller, url: string, agent: Json): Promise<Hopeless | undefined> {
  try {
    const answer = await caller.call({ method: 'POST', url: `${url}/v1/agents`, body: agent, timeoutMs: CALL_MS });
    return isFinal(answer) ? refusal(url, answer, 'the agents cannot register: see --fleet and --build') : undefined;
  } catch (error) {
    if (error instanceof CallFailed) return undefined;
    throw error;
  }
}

/**
 * Tells of a submission that is refused for what it says, while none has been accepted: all the others say the same, and nothing
 * is measured by hours of it.
 */
export function tellingHopeless(caller: HttpCaller, url: string, tell: (why: Hopeless) => void): HttpCaller {
  let isAccepted = false;
  return {
    close: () => caller.close(),
    call: async (request) => {
      const answer = await caller.call(request);
      if (request.url !== `${url}/v1/tasks`) return answer;
      if (answer.status < 300) isAccepted = true;
      else if (!isAccepted && isFinal(answer)) tell(refusal(url, answer, 'see --task and --input'));
      return answer;
    },
  };
}

/** What is answered to the same request again; whoever is told to come back, or to prove anew who calls, may do better. */
function isFinal({ status }: HttpAnswer): boolean {
  return [400, 403, 404, 413, 422].includes(status);
}

function refusal(url: string, answer: HttpAnswer, hint: string): Hopeless {
  const code = problemCode(answer);
  const said = [`${url} answers ${code}`, ...details(answer.body)].join(': ');
  if (answer.status === 401) return { because: 'denied', message: said, hint: WHO };
  if (answer.status === 403)
    return { because: 'denied', message: said, hint: 'ask an operator, or use a token with more roles' };
  if (code === 'which-team') return { because: 'words', message: said, hint: '--team says which' };
  return { because: 'refused', message: said, hint };
}

/** What a problem says of this one request. */
function details(body: Json): readonly string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  const { detail, errors } = body as { readonly detail?: unknown; readonly errors?: unknown };
  const places = (Array.isArray(errors) ? errors : []) as readonly { pointer?: unknown; detail?: unknown }[];
  return [
    ...(typeof detail === 'string' ? [detail] : []),
    ...places.map((place) => `${String(place.pointer)} ${String(place.detail)}`).slice(0, 3),
  ];
}
