import { compareText } from '../../../spec/contract/text.ts';
import { LegacyFile, type LegacyProblem } from './legacy-file.ts';

/** A file that was given, with the path that the person wrote. */
export interface GivenFile {
  readonly path: string;
  readonly text: string;
}

/** Agents of one role that can do the same: what is a fleet here. */
export interface LegacyFleet {
  readonly name: string;
  readonly role: string;
  readonly agents: readonly string[];
  readonly skills: readonly string[];
  readonly slots: number;
  readonly memoryMb: number;
  readonly cpuPercent: number;
}

export interface Legacy {
  readonly fleets: readonly LegacyFleet[];
  /** How long an agent may be silent, in seconds. */
  readonly agentTimeoutS: number;
  readonly agentsMax: number;
  /** Keys that mean nothing here, each with its file. */
  readonly left: readonly { readonly file: string; readonly key: string }[];
}

interface Agent {
  readonly file: string;
  readonly id: string;
  readonly role: string;
  readonly skills: readonly string[];
  readonly slots: number;
  readonly memoryMb: number;
  readonly cpuPercent: number;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_MAX = 36;
const SKILL = /^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/;
const SKILL_MAX = 63;
/** Which the language does not take as a key, and fleets and skills are keys. */
const NO_KEYS: ReadonlySet<string> = new Set(['constructor', 'prototype']);

/** What the predecessor's spawner gave to a role that did not say. */
const DEFAULTS = { slots: 3, memoryMb: 512, cpuPercent: 50 };
const ROLE_DEFAULTS: ReadonlyMap<string, typeof DEFAULTS> = new Map([
  ['developer', { slots: 5, memoryMb: 1024, cpuPercent: 75 }],
  ['tester', { slots: 3, memoryMb: 512, cpuPercent: 50 }],
  ['reviewer', { slots: 2, memoryMb: 256, cpuPercent: 25 }],
  ['specialist', { slots: 1, memoryMb: 2048, cpuPercent: 100 }],
]);

/** Throws nothing: either everything could be read, or `problems` says with places what could not. */
export function readLegacy(
  config: GivenFile,
  agentFiles: readonly GivenFile[],
): { readonly legacy: Legacy; readonly problems: readonly LegacyProblem[] } {
  const settings = new LegacyFile(config.path, config.text);
  const agentTimeoutS = settings.isReadable ? settings.count(['orchestrator', 'agent_timeout'], 1, 3600) : undefined;
  const agentsMax = settings.isReadable ? settings.count(['orchestrator', 'max_agents'], 1, 5000) : undefined;
  const files = agentFiles.map(({ path, text }) => new LegacyFile(path, text));
  const agents = files.flatMap((file) => (file.isReadable ? agentOf(file) : []));
  refuseTwice(agents, files);
  return {
    legacy: {
      fleets: fleetsOf(agents),
      agentTimeoutS: agentTimeoutS ?? 120,
      agentsMax: agentsMax ?? 50,
      left: [settings, ...files].flatMap((file) => file.unread().map((key) => ({ file: file.path, key }))),
    },
    problems: [settings, ...files].flatMap(({ problems }) => problems),
  };
}

/** As people wrote it, below `agent`, or as the spawner did, at the top. */
function agentOf(file: LegacyFile): readonly Agent[] {
  const at = file.has(['agent']) ? ['agent'] : [];
  const id = file.text([...at, at.length === 0 ? 'agent_id' : 'id']);
  const role = file.text([...at, 'role']);
  if (id === undefined || role === undefined) {
    if (file.isReadable) file.refuse([], `an agent has \`${at.length === 0 ? 'agent_id' : 'agent.id'}\` and a role`);
    return [];
  }
  const name = role
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
  if (!NAME.test(name) || name.length > NAME_MAX || NO_KEYS.has(name))
    file.refuse(
      [...at, 'role'],
      `\`${role}\` cannot name a fleet: letters, digits and single hyphens, ${NAME_MAX} at most`,
    );
  const limits = [...at, 'resource_limits'];
  const ofRole = ROLE_DEFAULTS.get(role) ?? DEFAULTS;
  const slots = file.count([...at, 'max_concurrent_tasks'], 1, 1000) ?? file.count([...limits, 'max_tasks'], 1, 1000);
  return [
    {
      ...{ file: file.path, id, role: name, skills: skillsOf(file, [...at, 'skills']) },
      slots: slots ?? ofRole.slots,
      memoryMb: file.count([...limits, 'memory_mb'], 16, 4_194_304) ?? ofRole.memoryMb,
      cpuPercent: file.count([...limits, 'cpu_percent'], 1, 25_600) ?? ofRole.cpuPercent,
    },
  ];
}

function skillsOf(file: LegacyFile, path: readonly string[]): readonly string[] {
  const skills = file.texts(path).map((skill, index) => {
    const name = skill.trim().toLowerCase().replaceAll(/\s+/g, '_');
    if (!SKILL.test(name) || name.length > SKILL_MAX || NO_KEYS.has(name))
      file.refuse([...path, index], `\`${skill}\` cannot be a skill: lower-case words joined by \`_\` or \`-\``);
    return name;
  });
  return [...new Set(skills)].sort(compareText);
}

function refuseTwice(agents: readonly Agent[], files: readonly LegacyFile[]): void {
  const first = new Map<string, string>();
  for (const { id, file } of agents) {
    const before = first.get(id);
    if (before === undefined) first.set(id, file);
    else files.find(({ path }) => path === file)?.refuse([], `the agent \`${id}\` stands in \`${before}\` already`);
  }
}

/** Every agent of a fleet may get every task of it, so those of a role that can do different things are different fleets. */
function fleetsOf(agents: readonly Agent[]): readonly LegacyFleet[] {
  const groups = new Map<string, Agent[]>();
  for (const agent of agents) {
    const key = JSON.stringify([agent.role, agent.skills]);
    groups.set(key, [...(groups.get(key) ?? []), agent]);
  }
  const sorted = [...groups.values()].sort(
    ([a], [b]) => compareText(a?.role ?? '', b?.role ?? '') || compareText(a?.id ?? '', b?.id ?? ''),
  );
  const taken = new Set(agents.map(({ role }) => role));
  const seen = new Set<string>();
  return sorted.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { role, skills } = first;
    let name = role;
    // Another role may be called like the second fleet of this one.
    for (let number = 2; seen.has(name) || (name !== role && taken.has(name)); number += 1) name = `${role}-${number}`;
    seen.add(name);
    return [
      {
        ...{ name, role },
        agents: group.map(({ id }) => id),
        skills,
        slots: Math.min(...group.map(({ slots }) => slots)),
        memoryMb: Math.max(...group.map(({ memoryMb }) => memoryMb)),
        cpuPercent: Math.max(...group.map(({ cpuPercent }) => cpuPercent)),
      },
    ];
  });
}
