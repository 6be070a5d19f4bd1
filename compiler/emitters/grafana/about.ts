import type { EnvironmentModel, FleetModel, ScheduleModel } from '../../core/model.ts';
import { dashboardUid } from '../../core/names.ts';
import type { Row, TextPanel } from './dashboard.ts';
import { markdownTable, markdownText } from './markdown.ts';

/** A page with more rows than these is looked up and not read. */
const ROWS_MAX = 200;

/** What a fleet is and whose, for whoever is woken by it and does not know it. */
export function aboutFleet({ description, role, team, agent, accepts }: FleetModel): Row {
  const lines = [
    ...(description === undefined ? [] : [markdownText(description)]),
    markdownTable(
      ['Role', 'Team', 'On call', 'Build', 'Task types'],
      [
        [
          role ?? '',
          `${team.name} (${team.owners.join(', ')})`,
          team.oncall ?? 'nobody',
          agent.build,
          [...accepts.keys()].join(', '),
        ].map(markdownText),
      ],
    ),
  ];
  return { title: 'About', panels: [{ kind: 'text', title: '', width: 24, height: 4, markdown: lines.join('\n\n') }] };
}

/** What there is in an environment, with the way to each dashboard. */
export function aboutEnvironment(environment: EnvironmentModel): Row {
  const { company, description, fleets, routes, schedules, providers, toolServers } = environment;
  const words = [company.description, description].filter((text) => text !== undefined);
  const used = [...providers, ...toolServers].map(([name, one]) => [name, one.description ?? ''].map(markdownText));
  const panels = [
    text('Fleets', markdownTable(['Fleet', 'What it does'], [...fleets.values()].slice(0, ROWS_MAX).map(fleetCells))),
    text(
      'Routes',
      markdownTable(
        ['Route', 'Tasks', 'What for'],
        routes
          .slice(0, ROWS_MAX)
          .map((route) => [route.id, route.match.tasks.join(', '), route.description ?? ''].map(markdownText)),
      ),
    ),
    ...(schedules.size === 0 ? [] : [text('Schedules', schedulesTable([...schedules.values()]))]),
    text('Providers and tools', [...words.map(markdownText), markdownTable(['Name', 'What it is'], used)].join('\n\n')),
  ];
  return { title: 'What there is', panels };
}

function schedulesTable(schedules: readonly ScheduleModel[]): string {
  const cells = schedules
    .slice(0, ROWS_MAX)
    .map(({ id, cron, tz, task, description = '' }) => [id, `${cron} ${tz}`, task, description].map(markdownText));
  return markdownTable(['Schedule', 'When', 'Task', 'What for'], cells);
}

function fleetCells({ team, name, id, description }: FleetModel): string[] {
  return [`[${markdownText(id)}](/d/${dashboardUid('fleet', team.name, name)})`, markdownText(description ?? '')];
}

function text(title: string, markdown: string): TextPanel {
  return { kind: 'text', title, width: 8, height: 12, markdown };
}
