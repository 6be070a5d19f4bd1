import type { Assignment } from '../../spec/contract/protocol.ts';
import type { PushAnswer } from '../loops/push-answer.ts';
import { NotReached, type PushCall } from '../loops/push-call.ts';
import { HEALTHY_MS, work, type AgentHabits, type AgentProcess } from './actors.ts';
import type { Network } from './network.ts';
import type { Outside } from './outside.ts';
import { PUSHED } from './table.ts';
import type { World } from './world.ts';

/** The agents of a push fleet behind one address, and what lies between them and the schedulers that call them. */
export interface PushedAgents {
  /** The way of one scheduler to them. */
  callOf(caller: { readonly alive: boolean }): PushCall;
  /** All lose their power. */
  crash(): void;
  heal(): void;
  stop(): void;
}

/** One agent: it dies, and is started again. */
interface Pod {
  readonly name: string;
  process: AgentProcess;
  busy: number;
}

/** What may go wrong, as shares of calls. */
interface Weather {
  /** Nobody is there before this time. */
  awayUntil: number;
  unreached: number;
  lost: number;
  proxies: number;
  broken: number;
  slow: number;
  failures: number;
  workMs: number;
  delayMs: number;
}

const FAIR: Weather = {
  awayUntil: 0,
  unreached: 0,
  lost: 0,
  proxies: 0,
  broken: 0,
  slow: 0,
  failures: 0,
  workMs: HEALTHY_MS,
  delayMs: 2,
};
const SLOTS = 2;

export function startPushed(world: World, network: Network, outside: Outside, isOver: () => boolean): PushedAgents {
  const { pushed: random } = world;
  const weather: Weather = {
    awayUntil: 0,
    unreached: random.chance(0.6) ? random.between(0, 0.2) : 0,
    lost: random.chance(0.7) ? random.between(0, 0.25) : 0,
    proxies: random.chance(0.7) ? random.between(0, 0.3) : 0,
    broken: random.chance(0.6) ? random.between(0, 0.2) : 0,
    slow: random.chance(0.5) ? random.between(0, 0.3) : 0,
    failures: random.chance(0.5) ? random.between(0, 0.4) : 0,
    workMs: random.pick([20, 200, 600]),
    delayMs: random.chance(0.3) ? random.between(0, 100) : 2,
  };
  const pods: readonly Pod[] = ['p-0', 'p-1'].map((name) => ({ name, process: alive(), busy: 0 }));
  const service = { world, network, outside, weather, pods };
  for (const pod of pods) misfortune(world, pod, isOver);
  absence(world, weather, isOver);
  return {
    callOf: (caller) => (_, task, signal) => called(service, caller, task, signal),
    crash: () => pods.forEach((pod) => crash(world, pod)),
    heal: () => {
      Object.assign(weather, FAIR);
      for (const pod of pods) {
        pod.process.frozenUntil = 0;
        if (!pod.process.alive) restart(pod);
      }
    },
    stop: () => {
      for (const { process } of pods) process.alive = false;
    },
  };
}

function alive(): AgentProcess {
  return { alive: true, frozenUntil: 0 };
}

function restart(pod: Pod): void {
  pod.process = alive();
  pod.busy = 0;
}

function crash(world: World, pod: Pod): void {
  const { process } = pod;
  if (!process.alive) return;
  world.note('fault:pushed-crash', pod.name);
  process.alive = false;
  world.after(world.pushed.between(50, 4000), () => {
    if (pod.process === process) restart(pod);
  });
}

/** In some seeds they die or stand still now and then. */
function misfortune(world: World, pod: Pod, isOver: () => boolean): void {
  const { pushed: random } = world;
  if (random.chance(0.4)) return;
  const next = (): void => {
    world.after(random.between(500, 8000), () => {
      if (isOver()) return;
      if (random.chance(0.6)) crash(world, pod);
      else {
        world.note('fault:pushed-frozen', pod.name);
        pod.process.frozenUntil = world.now + random.between(100, 6000);
      }
      next();
    });
  };
  next();
}

/** In some seeds nobody is there for a while, now and then. */
function absence(world: World, weather: Weather, isOver: () => boolean): void {
  const { pushed: random } = world;
  if (random.chance(0.6)) return;
  const next = (): void => {
    world.after(random.between(500, 6000), () => {
      if (isOver()) return;
      world.note('fault:pushed-away');
      weather.awayUntil = world.now + random.between(100, 5000);
      next();
    });
  };
  next();
}

interface Service {
  readonly world: World;
  readonly network: Network;
  readonly outside: Outside;
  readonly weather: Weather;
  readonly pods: readonly Pod[];
}

/** As `httpCall`: it rejects when there is no answer within a third of the heartbeat, or when it is given up. */
function called(
  service: Service,
  caller: { readonly alive: boolean },
  task: Assignment,
  signal: AbortSignal,
): Promise<PushAnswer> {
  const { world, outside } = service;
  return new Promise((resolve, reject) => {
    const end = (how: string, settle: () => void): void => {
      late();
      signal.removeEventListener('abort', cut);
      // Nobody is there any more who could hear it.
      if (!caller.alive) world.count('push:caller-gone');
      else {
        world.note(`push:${how}`, `${task.id} ${task.token}`);
        settle();
      }
    };
    const cut = (): void => end('cut', () => reject(named('AbortError')));
    const late = world.after(task.heartbeatMs / 3, () => end('late', () => reject(named('TimeoutError'))));
    signal.addEventListener('abort', cut, { once: true });
    void delivered(service, task).then(
      (said) => {
        if (said !== undefined) end(said.how, () => resolve(said.answer));
      },
      (error: Error) => {
        const isUnreached = error instanceof NotReached;
        if (isUnreached && !signal.aborted) outside.unreached(task.id, task.token);
        end(isUnreached ? 'unreached' : 'reset', () => reject(error));
      },
    );
  });
}

interface Said {
  /** For the trace. */
  readonly how: string;
  readonly answer: PushAnswer;
}

/** The way there, what is done, and the way back; nothing when no word ever comes. */
async function delivered(service: Service, task: Assignment): Promise<Said | undefined> {
  const { world, weather, pods } = service;
  const { pushed: random } = world;
  await world.pause(random.between(0.1, 1 + weather.delayMs));
  const pod = random.pick(pods);
  if (world.now < weather.awayUntil || random.chance(weather.unreached)) {
    throw new NotReached(new Error('connect ECONNREFUSED'));
  }
  if (random.chance(weather.lost)) {
    world.note('fault:push-call-lost');
    return undefined;
  }
  // The mesh says that nobody is there, or whoever stands between says less.
  if (!pod.process.alive) return random.chance(0.7) ? said('nobody', 503, '', true) : said('gateway', 503, '', false);
  if (pod.busy >= SLOTS) return said('busy', random.pick([429, 503]), '', true);
  const answer = await atWork(service, pod, pod.process, task);
  await world.pause(random.between(0.1, 1 + weather.delayMs));
  if (random.chance(weather.lost)) {
    world.note('fault:push-answer-lost');
    return undefined;
  }
  return answer;
}

function said(how: string, status: number, text: string, isUnbegun: boolean): Said {
  return { how, answer: { status, body: Buffer.from(text), isUnbegun } };
}

/** The task is begun: at once and to its end, or as something that takes longer. */
async function atWork(service: Service, pod: Pod, process: AgentProcess, task: Assignment): Promise<Said | undefined> {
  const { world, network, outside, weather } = service;
  const { pushed: random } = world;
  const { id, token } = task;
  pod.busy += 1;
  const over = (): void => {
    if (pod.process === process) pod.busy -= 1;
  };
  if (random.chance(0.3)) {
    const habits: AgentHabits = {
      fleet: PUSHED,
      name: pod.name,
      build: 'v1',
      slots: SLOTS,
      workMs: 2000,
      failures: weather.failures,
      leaves: false,
    };
    void work(world, network, outside, process, { ...habits, more: () => false }, task).then(over);
    return proxied(service, said('taken', 202, '', false));
  }
  world.note('start', `${pod.name} ${id} ${token}`);
  outside.start(task, `${PUSHED}/${pod.name}`);
  const proxy = random.chance(weather.proxies);
  if (proxy) {
    // It gives up before the agent does.
    void ended(service, process, task).then(over, over);
    return said('gateway', random.pick([502, 503, 504]), 'upstream request timeout', false);
  }
  const answer = await ended(service, process, task);
  over();
  return answer;
}

/** The agent has taken the task, and whoever stands between says otherwise. */
function proxied({ world, weather }: Service, answer: Said): Said {
  const { pushed: random } = world;
  if (!random.chance(weather.proxies)) return answer;
  return said('gateway', random.pick([502, 503, 504]), '', false);
}

/** The run, and what is said of it; one that dies in the middle breaks its connections. */
async function ended({ world, outside, weather }: Service, process: AgentProcess, task: Assignment): Promise<Said> {
  const { pushed: random } = world;
  const slowMs = random.chance(weather.slow) ? task.heartbeatMs : 0;
  await world.pause(slowMs + random.between(1, weather.workMs));
  while (process.alive && world.now < process.frozenUntil) await world.pause(process.frozenUntil - world.now + 1);
  if (!process.alive) throw new TypeError('fetch failed');
  outside.worked(task.token);
  if (random.chance(weather.failures)) {
    outside.mayRunAgain(task.id);
    return random.chance(0.1) ? said('refused', 400, 'never', false) : said('failed', 500, 'broken', false);
  }
  if (random.chance(weather.broken)) return said('garbled', 200, random.pick(['', 'not json', '{"a":1,"a":2}']), false);
  return said('done', 200, JSON.stringify({ token: task.token }), false);
}

function named(name: string): Error {
  return new DOMException('it is over', name);
}
