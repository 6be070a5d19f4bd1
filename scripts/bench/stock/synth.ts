import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ApiObject, App, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { readOwnYaml } from '../../../compiler/output/read-yaml.ts';
import { FleetChart } from './fleet-chart.ts';
import type { FleetProps } from './fleet-props.ts';

/**
 * How a team writes the objects of a fleet down: as finished values, an ApiObject each; with the constructs of
 * cdk8s-plus-27, each chart whole in itself, as the documentation does; or so, and by hand made once for the App what all
 * charts refer to.
 */
export type Way = 'values' | 'constructs' | 'shared constructs';

export interface Synthesized {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly objects: number;
  readonly charts: number;
}

/** An object of ours, read back. The benchmark knows its shape: it is compared with what stock cdk8s wrote. */
// eslint-disable-next-line typescript/no-explicit-any
type Manifest = any;

/** Fleet -> its objects, in the environment that our compile wrote below `root`. Others are the platform's. */
type Fleets = ReadonlyMap<string, readonly Manifest[]>;

const PLATFORM = 'the-platform';

/**
 * One App with one chart per fleet, as cdk8s's documentation has it, for the objects that our compile wrote. Measured from
 * the App's construction to the end of `app.synth()`; loading cdk8s is not. Fails unless both wrote the same objects.
 */
export function synthesize(root: string, way: Way): Synthesized {
  const fleets = readFleets(join(root, 'generated/prod'));
  const outdir = mkdtempSync(join(tmpdir(), 'nova-torch-stock-'));
  try {
    const props = new Map([...fleets].map(([name, objects]) => [name, propsOf(objects)]));
    const [started, before] = [performance.now(), process.cpuUsage()];
    const app = new App({ outdir });
    for (const [name, objects] of fleets) {
      const fleet = way === 'values' ? undefined : props.get(name);
      if (fleet === undefined) addValues(app, name, objects);
      else new FleetChart(app, fleet, way === 'constructs' ? undefined : app);
    }
    app.synth();
    const { user, system } = process.cpuUsage(before);
    const wallMs = performance.now() - started;
    const objects = compare([...fleets.values()].flat(), readStock(outdir));
    return { cpuMs: (user + system) / 1000, wallMs, objects, charts: app.charts.length };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function addValues(app: App, name: string, objects: readonly Manifest[]): void {
  const chart = new Chart(app, name, { disableResourceNameHashes: true });
  for (const [index, value] of objects.entries()) new ApiObject(chart, `object-${index}`, value);
}

function readFleets(folder: string): Fleets {
  const fleets = new Map<string, Manifest[]>();
  for (const file of yamlFiles(folder)) {
    for (const value of readOwnYaml(file) as Manifest[]) {
      const { 'nova-torch.dev/team': team, 'nova-torch.dev/fleet': fleet } = value.metadata.labels;
      const name = fleet === undefined ? PLATFORM : `${team}-${fleet}`;
      fleets.set(name, [...(fleets.get(name) ?? []), value]);
    }
  }
  return fleets;
}

function yamlFiles(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  return paths.map((path) => readFileSync(join(folder, path), 'utf8'));
}

/** What a program that makes the fleet would be told. The platform has no fleet. */
function propsOf(objects: readonly Manifest[]): FleetProps | undefined {
  const workload = objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const quota = objects.find(({ kind }) => kind === 'ResourceQuota');
  if (quota === undefined) return undefined;
  const { template, volumeClaimTemplates } = workload.spec;
  const [container] = template.spec.containers;
  const value = (name: string): string => container.env.find((entry: Manifest) => entry.name === name).value;
  return {
    team: workload.metadata.labels['nova-torch.dev/team'],
    fleet: workload.metadata.name,
    description: workload.metadata.annotations['nova-torch.dev/description'],
    delivery: value('NOVA_TORCH_DELIVERY'),
    image: container.image,
    version: template.metadata.labels['app.kubernetes.io/version'],
    slots: value('NOVA_TORCH_SLOTS'),
    secret: template.spec.volumes[1].projected.sources[0].secret.name,
    memory: volumeClaimTemplates?.[0].spec.resources.requests.storage,
    quota: quota.spec.hard,
  };
}

function readStock(folder: string): readonly Manifest[] {
  return yamlFiles(folder).flatMap((text) => parseAllDocuments(text, { version: '1.1' }).map((one) => one.toJSON()));
}

/** How many objects there are. Fails at the first that is not what the other wrote. */
function compare(ours: readonly Manifest[], theirs: readonly Manifest[]): number {
  const written = new Map(theirs.map((value) => [identity(value), value]));
  for (const value of ours) {
    const other = written.get(identity(value));
    if (!isDeepStrictEqual({ ...value }, other))
      throw new Error(`stock cdk8s wrote another object:\n${JSON.stringify(value)}\n${JSON.stringify(other)}`);
  }
  if (theirs.length !== ours.length) throw new Error(`stock cdk8s wrote ${theirs.length} objects for ${ours.length}`);
  return ours.length;
}

const identity = ({ apiVersion, kind, metadata: { namespace, name } }: Manifest): string =>
  [apiVersion, kind, namespace, name].join(' ');
