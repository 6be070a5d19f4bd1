import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { SubmitRequest } from '../../spec/contract/protocol.ts';
import { atExit } from '../chaos/at-exit.ts';
import { CHAOS_BUILD, CHAOS_ENVIRONMENT, CHAOS_FLEETS, chaosTable, taskOf } from '../chaos/chaos-table.ts';
import { schedulerProcess } from '../chaos/scheduler-process.ts';
import { tellingHopeless, unreachable, unwanted, type Hopeless } from '../load/hopeless.ts';
import { httpCaller, type HttpCaller } from '../load/http-caller.ts';
import { loadText } from '../load/load-text.ts';
import { PROFILES, type LoadProfile, type ProfileName } from '../load/profiles.ts';
import { runLoad, type LoadReport } from '../load/run-load.ts';
import { checkBounds, type BoundCheck } from '../load/verdict.ts';

export interface LoadQuestion {
  readonly profile: ProfileName;
  /** Instead of what the profile says; 0 for what it says. */
  readonly seconds: number;
  readonly perSecond: number;
  /** Agents that run in this process. */
  readonly agents: number;
  /** The scheduler that is loaded, and who loads it; one of one's own is started for the run when absent. */
  readonly reach?: LoadReach;
  /** Of tasks for a scheduler that was there before. */
  readonly task?: string;
  readonly input?: string;
  readonly fleet?: string;
  readonly build?: string;
  /** File of the command that the scheduler is started from; the one that runs when absent. */
  readonly command?: string;
  readonly stop: AbortSignal;
  readonly onSecond: (second: number, sent: number, answered: number) => void;
}

export interface LoadReach {
  readonly url: string;
  /** Asked for each call. */
  readonly token?: () => string;
  /** Which of one's teams is meant. */
  readonly team?: string;
}

export type LoadAnswer =
  | {
      readonly kind: 'report';
      readonly report: LoadReport;
      readonly checks: readonly BoundCheck[];
      readonly lines: readonly string[];
      readonly held: boolean;
    }
  | ({ readonly kind: 'refused' } & Hopeless);

type Refused = Extract<LoadAnswer, { kind: 'refused' }>;

interface Target extends LoadReach {
  readonly order: SubmitRequest;
  readonly fleet?: string;
  readonly build?: string;
  close(): Promise<void>;
}

const SLOTS = 64;

/** Loads a scheduler that the caller names, or one that is started for it. */
export async function load(question: LoadQuestion): Promise<LoadAnswer> {
  const { reach } = question;
  const target = reach === undefined ? await ownTarget(question) : givenTarget(reach, question);
  if ('kind' in target) return target;
  const stopping = new AbortController();
  const plain = httpCaller(target.token, target.team);
  const caller = tellingHopeless(plain, target.url, (why) => stopping.abort(why));
  const run = `load-${randomBytes(6).toString('hex')}`;
  try {
    const profile = profileOf(question);
    const agents = agentsOf(question, target);
    const wrong = (await unreachable(caller, target.url)) ?? (await refusedAgent(caller, target, { ...agents, run }));
    if (wrong !== undefined) return { kind: 'refused', ...wrong };
    const report = await runLoad({
      caller,
      profile,
      url: target.url,
      order: target.order,
      ...agents,
      stop: AbortSignal.any([question.stop, stopping.signal]),
      run,
      onSecond: question.onSecond,
    });
    if (stopping.signal.aborted) return { kind: 'refused', ...(stopping.signal.reason as Hopeless) };
    const checks = checkBounds(profile, report);
    const lines = loadText(question.profile, profile, report, checks);
    return { kind: 'report', report, checks, lines, held: checks.every(({ held }) => held) };
  } finally {
    caller.close();
    await target.close();
  }
}

/** The first of the agents, whose name is then known already. */
async function refusedAgent(
  caller: HttpCaller,
  { url }: Target,
  { agents, run }: ReturnType<typeof agentsOf> & { readonly run: string },
): Promise<Hopeless | undefined> {
  if (agents === undefined) return undefined;
  const { fleet, build, slots } = agents;
  return unwanted(caller, url, { fleet, build, slots, name: `${run}-0` });
}

function profileOf({ profile: name, seconds, perSecond }: LoadQuestion): LoadProfile {
  const profile: LoadProfile = PROFILES[name];
  return {
    ...profile,
    ...(seconds > 0 && { seconds }),
    ...(perSecond > 0 && { perSecond }),
  };
}

function agentsOf(
  { agents: count }: LoadQuestion,
  { fleet, build }: Target,
): Pick<Parameters<typeof runLoad>[0], 'agents'> {
  if (count === 0 || fleet === undefined || build === undefined) return {};
  return { agents: { fleet, build, count, slots: SLOTS } };
}

function givenTarget(reach: LoadReach, { task, input = '{}', fleet, build, agents }: LoadQuestion): Target | Refused {
  if (task === undefined) {
    return refused(
      'what should be submitted is not said',
      'name a task type with --task, or start a scheduler with --dev',
    );
  }
  if (agents > 0 && (fleet === undefined || build === undefined)) {
    return refused('whose agents these are is not said', 'name the fleet and its build with --fleet and --build');
  }
  const value = parsed(input);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('the input is no JSON object', `--input '{"question": "Why?"}'`);
  }
  return {
    ...reach,
    url: reach.url.replace(/\/+$/, ''),
    order: { task, input: value as NonNullable<SubmitRequest['input']> },
    ...(fleet !== undefined && { fleet }),
    ...(build !== undefined && { build }),
    close: () => Promise.resolve(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A scheduler with its view in memory and its journal on a disk, for this run alone. */
async function ownTarget({ command = realpathSync(process.argv[1] ?? '') }: LoadQuestion): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-load-'));
  const token = randomBytes(24).toString('base64url');
  mkdirSync(join(folder, 'table'));
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  writeFileSync(join(folder, 'table/routing-table.json'), JSON.stringify(chaosTable({ leaseMs: LEASE_MS })));
  const scheduler = schedulerProcess({
    name: 'scheduler-0',
    folder,
    program: [command],
    env: {
      NOVA_TORCH_ENVIRONMENT: CHAOS_ENVIRONMENT,
      NOVA_TORCH_HTTP_PORT: '0',
      NOVA_TORCH_OPS_PORT: '0',
      NOVA_TORCH_ROUTING_DIR: join(folder, 'table'),
      NOVA_TORCH_AUTH_DEV_TOKEN_FILE: join(folder, 'token'),
    },
    // Nothing between this process and that one: a wire would be measured too.
    wire: { port: 0, lead: () => undefined },
    onUnasked: () => undefined,
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const forget = atExit(remove);
  const close = async (): Promise<void> => {
    await scheduler.kill();
    forget();
    remove();
  };
  try {
    await scheduler.start();
  } catch (error) {
    await close();
    throw error;
  }
  const [fleet] = CHAOS_FLEETS;
  return {
    url: scheduler.apiUrl(),
    token: () => token,
    order: { task: taskOf(fleet), input: {} },
    fleet,
    build: CHAOS_BUILD,
    close,
  };
}

const LEASE_MS = 30_000;

function refused(message: string, hint: string): Refused {
  return { kind: 'refused', because: 'words', message, hint };
}
