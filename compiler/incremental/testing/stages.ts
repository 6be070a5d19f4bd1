import { environment, fleet, model } from '../../check/testing/model.ts';
import type { Stages } from '../../compile.ts';
import type { Emitter } from '../../core/emitter.ts';
import type { Origin } from '../../core/origin.ts';
import type { SpecDocument } from '../../load/document.ts';

/** How often each part of the pipeline ran. */
export interface Counts {
  emittersLoaded: number;
  fleets: number;
  environments: number;
  proofs: number;
}

/**
 * A small pipeline over real documents: every Fleet document is a fleet of two environments, with a ConfigMap that holds
 * its description. `describe` in the description makes the emitter warn, `doubt` the proof; `refuse` makes the check fail.
 */
export function stagesFor(counts: Counts, environments: readonly string[] = ['dev', 'prod']): Stages {
  return {
    resolve: (spec) => {
      const fleets = spec.documents.filter(({ kind }) => kind === 'Fleet').map(fleetOf);
      return model(...environments.map((name) => environment({ name, fleets })));
    },
    check: (checked, _, report) => {
      for (const { at, description } of checked.environments[0]?.fleets.values() ?? []) {
        if (description?.includes('refuse') === true) report('NT6002', at, { path: 'x' });
      }
    },
    emitters: () => {
      counts.emittersLoaded++;
      return Promise.resolve([configMaps(counts), list(counts)]);
    },
    premises: ({ fleets }) => [...fleets.keys()],
    summarize: (manifests) => JSON.stringify(manifests.map(({ value }) => value)).includes('doubt'),
    prove: (proven, summaries, report) => {
      counts.proofs++;
      for (const { id, name, at } of proven.fleets.values())
        if (summaries.get(`teams/${id}`) === true) report('NT2548', at, { fleet: name });
    },
    immutable: (manifests) => {
      const fixed = manifests.map(({ value }) => JSON.stringify(value['data'])).find((data) => data.includes('fixed'));
      return fixed ?? null;
    },
    compare: ({ unit, before, after, place }, report) => {
      const at = place('memory');
      if (after === undefined) report('NT3011', at, { object: 'it', unit });
      else if (after !== before) report('NT3010', at, { field: 'data', object: unit, before: '', after: '' });
    },
  };
}

function fleetOf(document: SpecDocument): ReturnType<typeof fleet> {
  const { description } = (document.value as { readonly spec: { readonly description?: string } }).spec;
  const at: Origin = { document, path: ['metadata', 'name'] };
  return { ...fleet(document.id), at, from: () => at, ...(description !== undefined && { description }) };
}

function configMaps(counts: Counts): Emitter {
  return {
    name: 'config',
    summary: 'a ConfigMap per fleet',
    version: 1,
    scope: 'fleet',
    load: () =>
      Promise.resolve(({ fleet: { team, name, description = '', at }, report }) => {
        counts.fleets++;
        if (description.includes('warn')) report('NT2548', at, { fleet: name });
        const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { description } };
        const origins = new Map([['', at]]);
        return [
          { path: `teams/${team.name}/${name}/config.yaml`, kind: 'manifests', manifests: [{ value, origins }] },
          { path: `teams/${team.name}/${name}/note.txt`, kind: 'text', text: `${name}\n`, origin: at },
        ];
      }),
  };
}

function list(counts: Counts): Emitter {
  return {
    name: 'list',
    summary: 'the names of all fleets',
    version: 1,
    scope: 'environment',
    load: () =>
      Promise.resolve(({ environment: { fleets, at } }) => {
        counts.environments++;
        return [{ path: 'list.json', kind: 'json', value: [...fleets.keys()], origin: at }];
      }),
  };
}
