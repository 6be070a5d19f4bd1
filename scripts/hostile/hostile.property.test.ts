import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { printText } from '../../compiler/diagnostics/print-text.ts';
import { readOwnYaml } from '../../compiler/output/read-yaml.ts';
import { stages } from '../../compiler/stages.ts';
import type { Json } from '../../spec/contract/source.ts';
import { companyWith } from './company.ts';
import { hostileText, LANGUAGES } from './languages.ts';
import { textFields } from './text-fields.ts';

/**
 * No text of a spec leaves its literal in any language that manifests carry. Most texts cannot hold a sign of any language,
 * because their pattern refuses it; where a free text goes is written down here, and how it stands there.
 */
/** Each takes a text for every field: together more than 1,000 of each language. */
const RUNS = process.env['NOVA_TORCH_FULL'] === undefined ? 34 : 1000;

/** How a text stands where it was put. */
const FORMS: Readonly<Record<string, (shown: string) => string>> = {
  plain: (shown) => shown,
  /** After words of ours, and nobody reads it but people: a project is no template. */
  described: (shown) => shown.replace(/^(Fleets of shop in prod of acme\. |fair: )/, ''),
  /** Kubernetes fills in `$(NAME)`, and takes `$$(` for `$(`. */
  variable: (shown) => shown.replaceAll('$$(', '$('),
};

/** Every place that a free text reaches, and the field it is from. Another place needs a line here, and a form. */
const PLACES: Readonly<Record<string, readonly [field: string, form: keyof typeof FORMS]>> = {
  'AppProject/spec/description': ['Team.description', 'described'],
  'AppProject/spec/syncWindows/*/description': ['Company.freeze.*.reason', 'described'],
  'ConfigMap/data/flags.json!/flags/tone/metadata/description': ['Fleet.flags.*.description', 'plain'],
  'ConfigMap/data/flags.json!/flags/tone/targeting/if/*/===/*': ['Fleet.flags.*.rules[].where', 'plain'],
  'ConfigMap/data/flags.json!/flags/tone/variants/warm': ['Fleet.flags.*.variants.*', 'plain'],
  'Deployment/metadata/annotations/nova-torch.dev/description': ['Fleet.description', 'plain'],
  'Deployment/spec/template/metadata/annotations/note': ['Patch.operations[].value', 'plain'],
  'Deployment/spec/template/spec/containers/*/args/*': ['Fleet.agent.args[]', 'variable'],
  'Deployment/spec/template/spec/containers/*/env/*/value': ['Fleet.agent.env.*', 'variable'],
};
const TABLE: typeof PLACES = {
  '/routes/*/dedupe/key': ['Route.dedupe.key', 'plain'],
  '/routes/*/labels/channel': ['Route.match.labels.*', 'plain'],
  '/routes/*/priority/when/*/if/right/value': ['Route.priority.when[].if', 'plain'],
  '/routes/*/where/right/value': ['Route.match.where', 'plain'],
  '/schedules/*/labels/by': ['Schedule.labels.*', 'plain'],
};
/** Text panels show several descriptions: as entities, which neither Grafana's variables nor Markdown see. */
const PANEL = 'GrafanaDashboard/spec/json!/panels/*/options/content';
/** A list of names that free texts are keys of, and digests of the whole. */
const ASIDE = /\/(digest|routes\/\*\/fairness\/weights)$/;

/** Free texts that stay in the spec: for people, and for cases that the compiler runs itself. */
const STAY = ['Patch.reason', 'Route.expect[].task.labels.*', 'Route.expect[].task.tenant', 'Schedule.description'];
/** Forms that a schema cannot say as a pattern; nothing of them is written as it stands. */
const STRUCTURED = ['Fleet.flags.*.rules[]', 'Route.expect[]'];

const free = textFields()
  .filter(({ pattern }) => pattern === undefined)
  .map(({ field }) => field);

test('every free text has a place here, or is known to stay in the spec', () => {
  const panel = free.filter((field) => field.endsWith('.description') && !field.includes('flags'));
  const placed = [...Object.values(PLACES), ...Object.values(TABLE)].map(([field]) => field);
  const known = [...placed, ...panel, ...STAY, ...STRUCTURED, 'Route.fairness.weights.<key>'];
  expect(free.filter((field) => !known.includes(field))).toEqual([]);
  expect(known.filter((field) => !free.includes(field))).toEqual([]);
});

test.each(Object.keys(LANGUAGES))('no other field can hold a sign of %s that means anything', (language) => {
  // Each of these is ordinary somewhere: in names, numbers, paths, images and times.
  const ordinary = /^[A-Za-z0-9 ._/:@+*<=,%~-]*$/;
  const patterns = textFields().flatMap(({ field, pattern }) => (pattern === undefined ? [] : [{ field, pattern }]));
  expect(patterns.length).toBeGreaterThan(60);
  fc.assert(
    fc.property(hostileText(language), (text) => {
      fc.pre(!ordinary.test(text));
      expect(patterns.filter(({ pattern }) => pattern.test(text)).map(({ field }) => field)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test.each(Object.keys(LANGUAGES))(
  'a free text full of %s stands where it should, and changes nothing else',
  { timeout: 600_000 },
  async (language) => {
    const harmless = await written(() => 'harmless');
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText(language), { minLength: 30, maxLength: 30 }), async (texts) => {
        const given = new Map(free.map((field, index) => [field, (texts[index] ?? '').normalize('NFC')]));
        const found = await written((field) => given.get(field) ?? 'harmless');
        if (typeof found === 'string') {
          refused += 1;
          return;
        }
        if (typeof harmless === 'string') throw new Error(harmless);
        expect([...found.keys()]).toEqual([...harmless.keys()]);
        for (const [path, value] of found) compare(harmless.get(path) ?? null, value, pathOf(path, value), given);
      }),
      { numRuns: RUNS },
    );
    expect(refused).toBeLessThan(RUNS / 2);
  },
);

/** What is written for a spec by path, as a reader sees it; the problems when it is refused. */
async function written(text: (field: string) => string): Promise<ReadonlyMap<string, Json> | string> {
  const files = companyWith(text);
  const { environments, diagnostics } = await compile({ files, today: '2026-11-23' }, stages);
  if (environments.length === 0) return printText(diagnostics, files);
  const all = environments.flatMap(({ units }) => units.flatMap((unit) => unit.files));
  return new Map(
    all.flatMap(({ path, text: content }): [string, Json][] => {
      if (path.endsWith('.json')) return [[path, JSON.parse(content) as Json]];
      if (!path.endsWith('.yaml')) return [[path, content]];
      return readOwnYaml(content).map((value, index) => [`${path}#${index}`, value]);
    }),
  );
}

/** Objects are known by their kind, whatever file they stand in. */
function pathOf(path: string, value: Json): string {
  if (path.endsWith('routing-table.json')) return '';
  const { kind = path } = (value ?? {}) as { readonly kind?: unknown };
  return String(kind);
}

function compare(harmless: Json, value: Json, place: string, given: ReadonlyMap<string, string>): void {
  if (harmless === value || ASIDE.test(place)) return;
  if (typeof value === 'string' && typeof harmless === 'string') {
    const inner = jsonOf(harmless);
    if (inner === undefined) expectText(place, { harmless, shown: value }, given);
    else compare(inner, JSON.parse(value) as Json, inTable(place), given);
    return;
  }
  expect([typeof value, Array.isArray(value)], place).toEqual([typeof harmless, Array.isArray(harmless)]);
  const [before, after] = [Object.entries(harmless ?? {}), Object.entries(value ?? {})];
  expect(
    after.map(([key]) => key),
    place,
  ).toEqual(before.map(([key]) => key));
  for (const [index, [key, child]] of after.entries()) {
    const name = Array.isArray(value) ? '*' : key;
    compare((before[index]?.[1] ?? null) as Json, child as Json, `${place}/${name}`, given);
  }
}

/** The routing table is the same in its own file and in a ConfigMap. */
function inTable(place: string): string {
  return /^ConfigMap\/data\/part-\d+$/.test(place) ? '' : `${place}!`;
}

/** JSON in a text, which is compared as what it holds. */
function jsonOf(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What is left of a panel without its texts: what Grafana and Markdown read as structure. */
function bones(panel: string): string {
  return panel.replace(/&#[0-9]+;|[\p{L}\p{M}\p{N} ,]/gu, '');
}

function expectText(
  place: string,
  { harmless, shown }: { readonly harmless: string; readonly shown: string },
  given: ReadonlyMap<string, string>,
): void {
  if (place === PANEL) {
    expect(bones(shown)).toBe(bones(harmless));
    return;
  }
  const [field, form] = PLACES[place] ?? TABLE[place] ?? [];
  expect(field, `a free text reaches ${place}`).toBeDefined();
  const text = given.get(field ?? '') ?? '';
  const wanted = field === 'Route.dedupe.key' ? `{input.id} ${text.replace(/[{}]/g, '')}` : text;
  expect(FORMS[form ?? 'plain']?.(shown), place).toBe(wanted);
}
