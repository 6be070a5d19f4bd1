import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describe, expect, test } from 'vitest';
import { compile } from '../compiler/compile.ts';
import { prerequisites } from '../compiler/core/prerequisites.ts';
import type { EnvironmentModel } from '../compiler/core/model.ts';
import { submittersOf } from '../compiler/core/submitters.ts';
import { collector } from '../compiler/diagnostics/report.ts';
import { CASE_DAY } from '../compiler/diagnostics/testing/problems-of.ts';
import { HEALTH_SCRIPTS, KNOWN_TO_ARGOCD, WITHOUT_STATUS } from '../compiler/emitters/argocd/health-scripts.ts';
import { readSpec } from '../compiler/load/read.ts';
import { stages } from '../compiler/stages.ts';

/** What Argo CD would do with the whole tree of the example company: which application reads which file, and may it. */

interface Rule {
  readonly group: string;
  readonly kind: string;
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

interface Project {
  readonly destinations: readonly { readonly server: string; readonly namespace: string }[];
  readonly clusterResourceWhitelist: readonly Rule[];
  readonly namespaceResourceWhitelist: readonly Rule[];
  readonly namespaceResourceBlacklist: readonly Rule[];
}

interface Application {
  readonly name: string;
  readonly spec: {
    readonly project: string;
    readonly source: {
      readonly path: string;
      readonly directory: { readonly include: string; readonly exclude?: string };
    };
    readonly destination: { readonly server: string; readonly namespace: string };
  };
}

interface Tree {
  readonly model: EnvironmentModel;
  /** By path below `generated/`. */
  readonly files: ReadonlyMap<string, readonly Resource[]>;
  readonly all: readonly Resource[];
  readonly projects: ReadonlyMap<string, Project>;
  readonly applications: readonly Application[];
}

const { report } = collector();
const models: EnvironmentModel[] = [];
const { environments } = await compile(
  { files: readSpec(join(import.meta.dirname, '..'), report), today: CASE_DAY },
  {
    ...stages,
    resolve: (...question) => {
      const model = stages.resolve(...question);
      models.push(...model.environments);
      return model;
    },
  },
);

const trees = environments.map(({ name, units }): Tree => {
  const files = new Map(
    units
      .flatMap((unit) => unit.files)
      .map(({ path, text }) => [`${name}/${path}`, path.endsWith('.yaml') ? resourcesOf(text) : []]),
  );
  const all = [...files.values()].flat();
  const projects = all.filter(({ kind }) => kind === 'AppProject').map((one) => [one.metadata.name, one.spec] as const);
  const model = models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`no model of ${name}`);
  return {
    model,
    files,
    all,
    projects: new Map(projects) as unknown as Tree['projects'],
    applications: all.flatMap(made),
  };
});

function resourcesOf(text: string): Resource[] {
  const values = parseAllDocuments(text).map((document) => document.toJS() as Partial<Resource> | null);
  return values.filter((value): value is Resource => value?.apiVersion !== undefined);
}

/** The application itself, or those that an ApplicationSet makes from its list. */
function made({ kind, metadata, spec }: Resource): Application[] {
  if (kind === 'Application') return [{ name: metadata.name, spec: spec as unknown as Application['spec'] }];
  if (kind !== 'ApplicationSet') return [];
  const { generators, template } = spec as unknown as {
    readonly generators: readonly { readonly list: { readonly elements: readonly Record<string, string>[] } }[];
    readonly template: unknown;
  };
  return generators.flatMap(({ list }) =>
    list.elements.map((element) => {
      const filled = JSON.stringify(template).replace(/\{\{ \.(\w+) \}\}/g, (_, key: string) => {
        const value = element[key];
        if (value === undefined) throw new Error(`no ${key}`);
        return value;
      });
      const { metadata: own, spec: made } = JSON.parse(filled) as {
        metadata: { name: string };
        spec: Application['spec'];
      };
      return { name: own.name, spec: made };
    }),
  );
}

/** Patterns of Argo CD's files: `*` and `{a,b}`; a `*` is none of the separators, because folders are not walked. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*');
  return new RegExp(
    `^${source.replace(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.replaceAll(',', '|')})`)}$`,
  ).test(name);
}

function reads({ spec: { source } }: Application, path: string): boolean {
  const slash = path.lastIndexOf('/');
  const [folder, name] = [`generated/${path.slice(0, slash)}`, path.slice(slash + 1)];
  const { include, exclude } = source.directory;
  return source.path === folder && matches(include, name) && (exclude === undefined || !matches(exclude, name));
}

const groupOf = ({ apiVersion }: Resource) => (apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '');
const listed = (rules: readonly Rule[], resource: Resource) =>
  rules.some(({ group, kind }) => group === groupOf(resource) && (kind === '*' || kind === resource.kind));

describe.each(trees.map((tree) => ({ name: tree.model.name, tree })))('$name', ({ tree }) => {
  const { files, all, applications, projects, model } = tree;

  test('every file of manifests is read by one application, and no other file by any', () => {
    expect(files.size).toBeGreaterThan(150);
    const wrong = [...files].flatMap(([path, resources]) => {
      const readers = applications.filter((application) => reads(application, path)).map(({ name }) => name);
      const wanted = resources.length === 0 || path.endsWith('/argocd/settings.yaml') ? 0 : 1;
      return readers.length === wanted ? [] : [`${path}: ${readers.join(', ')}`];
    });
    expect(wrong).toEqual([]);
    const idle = applications.filter((application) => ![...files.keys()].some((path) => reads(application, path)));
    expect(idle).toEqual([]);
  });

  test('an application may apply what it reads, in the project it stands in', () => {
    const refused = [...files].flatMap(([path, resources]) => {
      const application = applications.find((one) => reads(one, path));
      const project = projects.get(application?.spec.project ?? '');
      if (application === undefined || project === undefined) return [];
      return resources.filter((one) => !isAllowed(one, application, project)).map((one) => `${path}: ${one.kind}`);
    });
    expect(refused).toEqual([]);
  });

  test('a project allows no kind and no namespace that it does not need', () => {
    const spare = [...projects].flatMap(([name, project]) => {
      const own = applications.filter(({ spec }) => spec.project === name);
      const applied = [...files].flatMap(([path, list]) => (own.some((one) => reads(one, path)) ? list : []));
      const kinds = [...project.clusterResourceWhitelist, ...project.namespaceResourceWhitelist];
      const there = new Set(applied.map(({ metadata }) => metadata.namespace));
      return [
        ...kinds.filter((rule) => !applied.some((one) => listed([rule], one))).map(({ kind }) => kind),
        ...project.destinations.filter(({ namespace }) => !there.has(namespace)).map(({ namespace }) => namespace),
      ];
    });
    // Not every team has fleets with memory, or fleets that are called.
    expect([...new Set(spare)].filter((one) => !used(all, one))).toEqual([]);
    expect(spare.filter((one) => one.includes('--') || one.startsWith('nova-torch-'))).toEqual([]);
  });

  test('of every kind that is not of Kubernetes itself it is known how to tell whether it is well', () => {
    const known = new Set([...Object.keys(HEALTH_SCRIPTS), ...KNOWN_TO_ARGOCD, ...WITHOUT_STATUS]);
    const kinds = new Set(all.filter((one) => groupOf(one).includes('.')).map((one) => `${groupOf(one)}_${one.kind}`));
    expect(kinds.size).toBeGreaterThan(20);
    expect([...kinds].filter((kind) => !kind.includes('k8s.io_') && !known.has(kind))).toEqual([]);
  });

  test('every API group is brought by something that the cluster must have first, and nothing is asked for in vain', () => {
    const own = /^(?:|apps|batch|policy|.*\.k8s\.io)$/;
    const used = new Set(all.map(groupOf).filter((group) => !own.test(group) || group.startsWith('gateway.')));
    const brought = prerequisites(model).flatMap(({ groups }) => groups);
    expect(new Set(brought).size).toBe(brought.length);
    expect([...used].filter((group) => !brought.includes(group))).toEqual([]);
    expect(brought.filter((group) => !used.has(group) && group !== 'gateway.networking.k8s.io')).toEqual([]);
  });

  test('every identity that a policy of the mesh names is made, or brought by somebody who is named', () => {
    const made = new Set(
      all.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => accountOf(metadata)),
    );
    // The mesh makes one for each waypoint.
    for (const { kind, metadata } of all) if (kind === 'Gateway') made.add(accountOf(metadata));
    const brought = new Set([
      ...prerequisites(model).flatMap(({ objects }) => objects),
      ...submittersOf(model).map(({ namespace, account }) => `ServiceAccount ${namespace}/${account}`),
    ]);
    const named = [...JSON.stringify(all).matchAll(/\/ns\/([^/"]+)\/sa\/([^/"]+)"/g)];
    expect(named.length).toBeGreaterThan(30);
    const wanted = named.map(([, namespace, name]) => `ServiceAccount ${String(namespace)}/${String(name)}`);
    expect([...new Set(wanted)].filter((one) => !made.has(one) && !brought.has(one))).toEqual([]);
  });

  test('nobody is given everything, a secret, a shell or the right to give rights', () => {
    const roles = all.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
    const rules = roles.flatMap(({ rules = [] }) => rules);
    expect(rules.length).toBeGreaterThan(10);
    const given = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
    expect(
      given.filter((one) =>
        /^(?:\*|secrets|pods\/(?:exec|attach|ephemeralcontainers)|bind|escalate|impersonate)$/.test(one),
      ),
    ).toEqual([]);
    expect(given.includes('pods/portforward')).toBe(!model.facts.guarded);
  });
});

function isAllowed(resource: Resource, { spec }: Application, project: Project): boolean {
  const { namespace } = resource.metadata;
  const allowed = namespace === undefined ? project.clusterResourceWhitelist : project.namespaceResourceWhitelist;
  const here = namespace ?? spec.destination.namespace;
  return (
    listed(allowed, resource) &&
    !(namespace !== undefined && listed(project.namespaceResourceBlacklist, resource)) &&
    [here, spec.destination.namespace].every((wanted) =>
      project.destinations.some((one) => one.server === spec.destination.server && one.namespace === wanted),
    )
  );
}

function accountOf({ namespace = '', name }: Resource['metadata']): string {
  return `ServiceAccount ${namespace}/${name}`;
}

function used(all: readonly Resource[], kind: string): boolean {
  return all.some((one) => one.kind === kind);
}

test('each environment was looked at', () => {
  expect(trees.map(({ model }) => model.name)).toEqual(['dev', 'staging', 'prod']);
});
