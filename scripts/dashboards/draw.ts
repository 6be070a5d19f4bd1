import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../spec/contract/source.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { readOwnYaml } from '../../compiler/output/read-yaml.ts';
import { Engine } from './engine.ts';
import { picture } from './picture.ts';
import type { GrafanaDashboard } from './picture.ts';
import { record, rulesOf } from './record.ts';
import { platformSeries } from './sample-platform.ts';
import { END, fleetSeries } from './sample.ts';
import type { SampleFleet } from './sample.ts';

/**
 * Draws the dashboards of the example company over sample data, into `docs/dashboards/`: `npm run dashboards`. The rules and
 * the queries of the generated tree run in a Prometheus of their own; the same tree gives the same pictures.
 */
const ROOT = join(import.meta.dirname, '../..');
const TREE = join(ROOT, 'generated/prod');
const OUT = join(ROOT, 'docs/dashboards');

/** Fleets that the sample is about; the first one has a bad hour. */
const FLEETS = [
  'support/triage',
  'support/replier',
  'data/extractor',
  'engineering/code-fixer',
  'research/web-researcher',
];

/** File below `docs/dashboards/` -> file below `generated/prod/` and the dashboard's title. */
export const PICTURES = {
  overview: ['platform', 'Nova / Overview / prod'],
  scheduler: ['platform', 'Nova / Scheduler'],
  delivery: ['platform', 'Nova / Delivery'],
  telemetry: ['platform', 'Nova / Telemetry health'],
  fleet: ['teams/support/triage', 'Nova / Fleet / support/triage'],
  route: ['teams/support/triage', 'Nova / Route / support/triage'],
  slo: ['teams/support/triage', 'Nova / SLO / support/triage'],
} as const;

function yaml(path: string): readonly JsonObject[] {
  return readOwnYaml(readFileSync(join(TREE, path), 'utf8')) as readonly JsonObject[];
}

/** The generated dashboards of a folder below `generated/prod/`. */
export function dashboards(folder: string): readonly GrafanaDashboard[] {
  return yaml(`${folder}/grafana.yaml`).map(
    ({ spec }) => JSON.parse((spec as { json: string }).json) as GrafanaDashboard,
  );
}

function sampleFleets(): readonly SampleFleet[] {
  const table = JSON.parse(readFileSync(join(TREE, 'routing-table.json'), 'utf8')) as RoutingTable;
  return FLEETS.map((id, index) => {
    const fleet = table.fleets[id];
    if (fleet === undefined) throw new Error(`the example company has no fleet ${id}`);
    const routes = table.routes.filter(({ to }) => to.some((target) => target.fleet === id)).map((route) => route.id);
    const [task = ''] = Object.keys(fleet.accepts);
    return { id, namespace: fleet.namespace, routes, agents: 4 + index, slots: fleet.slots, task };
  });
}

async function main(): Promise<void> {
  const engine = new Engine();
  try {
    const fleets = sampleFleets();
    await engine.add([
      ...fleets.flatMap((fleet, index) => fleetSeries(fleet, index, index === 0)),
      ...platformSeries(),
    ]);
    const folders = ['platform', ...FLEETS.map((id) => `teams/${id}`)];
    await record(
      engine,
      folders.flatMap((folder) => yaml(`${folder}/prometheus.rules.yaml`).flatMap(rulesOf)),
    );
    mkdirSync(OUT, { recursive: true });
    for (const [name, [folder, title]] of Object.entries(PICTURES)) {
      const dashboard = dashboards(folder).find((one) => one.title === title);
      if (dashboard === undefined) throw new Error(`no dashboard is called "${title}"`);
      writeFileSync(
        join(OUT, `${name}.svg`),
        await picture(dashboard, engine, { from: END - 6 * 3600, to: END, step: 180 }),
      );
    }
  } finally {
    await engine.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
