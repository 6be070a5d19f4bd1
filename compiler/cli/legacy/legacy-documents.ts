import { stringify } from 'yaml';
import { companyDocuments, hint, json, teamDocument, type Quota } from '../init/documents.ts';
import { allSkills, routesOf, type LegacyRoute } from './legacy-routes.ts';
import type { Legacy, LegacyFleet } from './read-legacy.ts';

/** What the predecessor's agents were asked for. Any agent could be asked for any of it; only skills chose. */
const TASK_TYPES = [
  'analysis',
  'bug_fix',
  'code_generation',
  'code_review',
  'deployment',
  'documentation',
  'optimization',
  'testing',
] as const;

export interface NewHome {
  readonly company: string;
  readonly team: string;
  /** Image of all agents, with its tag. */
  readonly image: string;
}

/** The predecessor's fleets as a spec, by path. */
export function legacyDocuments(
  { company, team, image }: NewHome,
  legacy: Legacy,
): readonly (readonly [path: string, text: string])[] {
  const { fleets } = legacy;
  const folder = `spec/teams/${team}`;
  return [
    ...companyDocuments(company, team, () => Object.fromEntries(TASK_TYPES.map((type) => [type, '10/h']))),
    [`${folder}/team.yaml`, teamDocument(company, team, quotaOf(legacy))],
    ...fleets.map((fleet) => [`${folder}/${fileOf(fleet)}`, fleetDocument(fleet, legacy, image)] as const),
    [`${folder}/routes.yaml`, routesOf(fleets).map(routeDocument).join('---\n')],
    [`${folder}/schemas/task.json`, json(taskSchema(allSkills(fleets)))],
  ];
}

/** A role may be called like one of the other files; no name has a dot. */
function fileOf({ name }: LegacyFleet): string {
  return name === 'team' || name === 'routes' ? `${name}.fleet.yaml` : `${name}.yaml`;
}

/** Room for all agents that there may be, and once more while a version takes over. */
function quotaOf({ fleets, agentsMax }: Legacy): Quota {
  const pods = 2 * Math.max(agentsMax, ...fleets.map(({ agents }) => agents.length));
  const cpu = Math.max(...fleets.map(({ cpuPercent }) => cpuPercent)) / 100;
  const memoryMb = Math.max(...fleets.map(({ memoryMb: one }) => one));
  return { cpu: String(Math.ceil(pods * cpu)), memory: `${Math.ceil((pods * memoryMb) / 1024)}Gi`, pods };
}

function fleetDocument(fleet: LegacyFleet, { agentTimeoutS }: Legacy, image: string): string {
  const { name, role, agents, skills, slots, memoryMb, cpuPercent } = fleet;
  const accepted = {
    input: 'schemas/task.json',
    // A predecessor's task could take as long as it liked.
    timeouts: { run: '1h', heartbeat: `${agentTimeoutS}s` },
    // Three retries.
    retry: { attempts: 4 },
  };
  return document('Fleet', name, {
    description: `Agents that were ${shown(agents)}.`,
    role,
    agent: { image, slots, resources: { cpu: `${cpuPercent * 10}m`, memory: `${memoryMb}Mi` } },
    ...(skills.length > 0 && { skills: Object.fromEntries(skills.map((skill) => [skill, 3])) }),
    accepts: Object.fromEntries(TASK_TYPES.map((type) => [type, accepted])),
    scale: { min: 1, max: agents.length },
  });
}

const SHOWN = 3;

function shown(agents: readonly string[]): string {
  const names = agents.slice(0, SHOWN).map((id) => id.replaceAll(/[^\w.-]/g, '_').slice(0, 60));
  const more = agents.length - SHOWN;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function routeDocument({ name, fleets, where, sample }: LegacyRoute, index: number): string {
  const task = {
    task: TASK_TYPES[0],
    input: {
      title: 'A task',
      description: 'What is to be done.',
      ...(sample.length > 0 && { required_skills: sample }),
    },
  };
  return document('Route', name, {
    match: { task: [...TASK_TYPES], ...(where !== undefined && { where }) },
    precedence: FIRST - index,
    to: Object.fromEntries(fleets.map((fleet) => [fleet.name, fleet.agents.length])),
    priority: {
      default: 'normal',
      when: [
        { if: 'input.priority == 5', then: 'critical' },
        { if: 'input.priority == 4', then: 'urgent' },
        { if: 'input.priority == 3', then: 'high' },
        { if: 'input.priority == 1', then: 'low' },
      ],
    },
    expect: [{ task, goesTo: fleets.map((fleet) => fleet.name) }],
  });
}

const FIRST = 900;

function document(kind: string, name: string, spec: object): string {
  const content = { apiVersion: 'nova-torch.dev/v1', kind, metadata: { name }, spec };
  // Texts that an older reader of YAML takes for something else stand in quotes.
  return `${hint(3)}\n${stringify(content, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** What a task of the predecessor said, but for what the scheduler keeps itself. */
function taskSchema(skills: readonly string[]): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Task',
    type: 'object',
    required: ['title', 'description'],
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 300 },
      description: { type: 'string', maxLength: 20_000 },
      priority: { type: 'integer', minimum: 1, maximum: 5 },
      // One that nobody has would otherwise not count.
      ...(skills.length > 0 && {
        required_skills: { type: 'array', items: { type: 'string', enum: skills }, uniqueItems: true },
      }),
      context: { type: 'object' },
    },
    additionalProperties: false,
  };
}
