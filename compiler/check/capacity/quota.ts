import { formatCpu, formatSize } from '../../../spec/contract/units.ts';
import type { EnvironmentModel, FleetModel, TeamModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { largest } from '../../core/largest.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { compareText } from '../../../spec/contract/text.ts';

/** Most fleets a table names; the others are one line. */
const ROWS_MAX = 12;

interface Resource {
  readonly name: string;
  readonly key: 'cpu' | 'memory' | 'storage' | 'pods';
  readonly quota: (team: TeamModel) => number | undefined;
  /** What one pod asks for. */
  readonly each: (fleet: FleetModel) => number;
  readonly format: (amount: number) => string;
}

const RESOURCES: readonly Resource[] = [
  {
    name: 'processor',
    key: 'cpu',
    quota: (team) => team.quota.cpuMillis,
    each: (fleet) => fleet.agent.resources.cpuMillis,
    format: formatCpu,
  },
  {
    name: 'memory',
    key: 'memory',
    quota: (team) => team.quota.memoryBytes,
    each: (fleet) => fleet.agent.resources.memoryBytes,
    format: formatSize,
  },
  {
    name: 'storage',
    key: 'storage',
    quota: (team) => team.quota.storageBytes,
    each: (fleet) => fleet.memory?.sizeBytes ?? 0,
    format: formatSize,
  },
  { name: 'pods', key: 'pods', quota: (team) => team.quota.pods, each: () => 1, format: String },
];

/** All fleets of a team at their largest, in the middle of a rollout, stay within its quota. */
export function quota(environment: EnvironmentModel, report: Report): void {
  const byTeam = new Map<string, FleetModel[]>();
  for (const fleet of environment.fleets.values())
    byTeam.set(fleet.team.name, [...(byTeam.get(fleet.team.name) ?? []), fleet]);
  for (const team of environment.teams.values()) {
    const over = RESOURCES.flatMap((resource) => excessOf(team, byTeam.get(team.name) ?? [], resource));
    if (over.length > 0) reportExcess(team, over, report);
  }
}

interface Row {
  readonly fleet: FleetModel;
  readonly amount: number;
  readonly text: () => string;
}

/** What the fleets of a team may ask for of a resource of which there is not so much. */
interface Excess {
  readonly resource: Resource;
  readonly rows: Row[];
  readonly sum: number;
  readonly limit: number;
}

function excessOf(team: TeamModel, fleets: readonly FleetModel[], resource: Resource): Excess[] {
  const limit = resource.quota(team);
  if (limit === undefined) return [];
  const rows = fleets.map((fleet) => rowOf(fleet, resource)).filter((row) => row.amount > 0);
  const sum = rows.reduce((total, row) => total + row.amount, 0);
  return sum <= limit ? [] : [{ resource, rows, sum, limit }];
}

/** One number that is too large asks for too much of everything: the resource that is exceeded most is shown, the others named. */
function reportExcess(team: TeamModel, over: readonly Excess[], report: Report): void {
  const worst = over.reduce((most, one) => (one.sum / one.limit > most.sum / most.limit ? one : most));
  const { resource, rows, sum, limit } = worst;
  const params = { team: team.name, resource: resource.name, sum: resource.format(sum), limit: resource.format(limit) };
  const others = over
    .filter((one) => one !== worst)
    .map((one) => `and ${one.resource.format(one.sum)} ${one.resource.name}, above ${one.resource.format(one.limit)}`);
  rows.sort((one, other) => other.amount - one.amount || compareText(one.fleet.id, other.fleet.id));
  report('NT2510', team.from(['quota', resource.key]), params, {
    notes: [...table(rows, resource, sum), ...others],
    related: rows.slice(0, ROWS_MAX).map(({ fleet, amount }) => ({
      message: `\`${fleet.id}\`: ${resource.format(amount)}`,
      at: fleet.from(['scale', 'max']),
    })),
  });
}

function rowOf(fleet: FleetModel, resource: Resource): Row {
  const { pods, extra, why } = largest(fleet);
  const each = resource.each(fleet);
  // Written only when there is something to say.
  const text = (): string => {
    const surge = extra === 0 ? '' : ` + ${extra} ${why}`;
    const times = resource.key === 'pods' ? '' : ` x ${resource.format(each)}`;
    return `${fleet.scale.max}${surge}${times}`;
  };
  return { fleet, amount: pods * each, text };
}

/** `fixer   20 + 5 surge x 1   25`, columns aligned, the sum last. */
function table(rows: readonly Row[], resource: Resource, sum: number): string[] {
  const shown = rows.slice(0, ROWS_MAX);
  const rest = rows.slice(ROWS_MAX).reduce((total, row) => total + row.amount, 0);
  const lines = [
    ...shown.map((row) => [row.fleet.name, row.text(), resource.format(row.amount)]),
    ...(rest === 0 ? [] : [[`${rows.length - ROWS_MAX} more`, '', resource.format(rest)]]),
    ['together', '', resource.format(sum)],
  ];
  const width = (column: number) => Math.max(...lines.map((line) => sure(line[column], 'a cell').length));
  const [first, second, third] = [width(0), width(1), width(2)];
  return lines.map(([a = '', b = '', c = '']) => `${a.padEnd(first)}  ${b.padEnd(second)}  ${c.padStart(third)}`);
}
