import type { Company, Defaults, Environment } from '../../spec/contract/generated/types.ts';
import type { CompanyModel, EnvironmentFacts } from '../core/model.ts';
import type { SpecDocument } from '../load/document.ts';
import { bytes, ms, present } from './amounts.ts';
import { LANGUAGE_DEFAULTS, PART_DEFAULTS } from './defaults.ts';
import type { EnvironmentContext, SpecContext } from './context.ts';
import { endpointOf } from './endpoint.ts';
import type { FilledEnvironment } from './filled.ts';
import { merge } from './layers.ts';
import type { Layer } from './layers.ts';

/** What every unit needs to know about an environment. */
export function environmentFacts(document: SpecDocument<Environment>, company: CompanyModel): EnvironmentFacts {
  const spec = filledEnvironment(document);
  const { platform, images, scheduler, dragonfly } = spec;
  return present({
    name: document.name,
    company: company.name,
    guarded: company.environmentNames.length === 1 || company.environmentNames[0] !== document.name,
    server: spec.cluster.server,
    kubernetes: platform.kubernetes,
    istio: platform.istio,
    mesh: platform.mesh,
    meshRevision: platform.revision,
    nodeLocalDns: platform.nodeLocalDns,
    storageClass: platform.storageClass,
    trustDomain: spec.trustDomain,
    requireDigest: images.requireDigest,
    registries: images.registries,
    scheduler: {
      replicas: scheduler.replicas,
      image: scheduler.image,
      journalBytes: bytes(scheduler.journal),
      mirrored: scheduler.mirror === 'peer',
    },
    dragonfly: {
      replicas: dragonfly.replicas,
      image: dragonfly.image,
      memoryBytes: bytes(dragonfly.memory),
      snapshotEveryMs: ms(dragonfly.snapshotEvery),
    },
    secrets: secretsOf(document.name, spec),
    observability: observabilityOf(spec),
    people: peopleOf(spec),
  });
}

/** The spec of an environment, complete. */
export function filledEnvironment(document: SpecDocument<Environment>): FilledEnvironment {
  return merge(LANGUAGE_DEFAULTS.environment, document.value.spec) as FilledEnvironment;
}

function secretsOf(name: string, { secrets }: FilledEnvironment): EnvironmentFacts['secrets'] {
  if (secrets === undefined) return undefined;
  return { platform: `kv/nova-torch/${name}`, ...PART_DEFAULTS.secrets, ...secrets };
}

function observabilityOf({ observability }: FilledEnvironment): EnvironmentFacts['observability'] {
  if (observability === undefined) return undefined;
  const { grafanaFolder, grafanaOutput } = PART_DEFAULTS;
  return { grafanaFolder, grafanaOutput, ...observability };
}

function peopleOf({ people }: FilledEnvironment): EnvironmentFacts['people'] {
  if (people === undefined) return undefined;
  return { ...PART_DEFAULTS.people, ...people, endpoint: endpointOf(people.keys) };
}

/** What resolving the documents of one environment shares. */
export function environmentContext(
  context: SpecContext,
  company: SpecDocument<Company>,
  environment: SpecDocument<Environment>,
  models: { readonly company: CompanyModel; readonly facts: EnvironmentFacts },
): EnvironmentContext {
  const layersOf = (part: keyof Defaults, onto: readonly string[]): Layer[] =>
    [environment, company].flatMap((document) => {
      const value: unknown = document.value.spec.defaults?.[part];
      return value === undefined ? [] : [{ document, base: ['spec', 'defaults', part], value, onto }];
    });
  const layers = {
    fleet: layersOf('fleet', []),
    task: layersOf('task', ['accepts', '*']),
    route: layersOf('route', []),
  };
  const base = (part: keyof Defaults) =>
    merge(LANGUAGE_DEFAULTS[part], ...layers[part].toReversed().map(({ value }) => value));
  return {
    ...context,
    ...models,
    environment: environment.name,
    defaults: (part) => layers[part],
    base: { fleet: base('fleet'), task: base('task'), route: routeBase(base('route')) },
  };
}

/** A default priority stands alone in `defaults.route`; in a Route it is `priority.default`. */
function routeBase(value: unknown): unknown {
  const { priority, ...rest } = value as { readonly priority: unknown };
  return typeof priority === 'string'
    ? merge(LANGUAGE_DEFAULTS.route, rest, { priority: { default: priority } })
    : value;
}
