import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { isList, isObject } from '../../output/json.ts';
import { readOwnYaml } from '../../output/read-yaml.ts';
import type { MadeFile } from './company.ts';

/** A query that something generated asks Prometheus. */
export interface Expression {
  /** `file: what`, for messages. */
  readonly at: string;
  readonly text: string;
  /** Texts that name labels of its result: a legend's `{{fleet}}`, an annotation's `{{ $labels.fleet }}`. */
  readonly shown: readonly string[];
  /** The series that its result is recorded as, and labels that the rule adds. */
  readonly record?: string;
  readonly added?: readonly string[];
}

type Reader = (object: JsonObject) => readonly Expression[];

/** Kinds of objects that ask Prometheus. */
const READERS: Readonly<Record<string, Reader>> = {
  PrometheusRule: (object) => each(at(object, 'spec', 'groups')).flatMap((group) => each(at(group, 'rules')).map(rule)),
  ScaledObject: (object) =>
    each(at(object, 'spec', 'triggers'))
      .filter((trigger) => trigger['type'] === 'prometheus')
      .map((trigger) => expression(`trigger ${text(trigger['name'])}`, at(trigger, 'metadata', 'query'))),
  AnalysisTemplate: (object) =>
    each(at(object, 'spec', 'metrics')).flatMap((metric) => {
      const query = at(metric, 'provider', 'prometheus', 'query');
      return query === undefined ? [] : [expression(`metric ${text(metric['name'])}`, query)];
    }),
  ChaosEngine: (object) =>
    each(at(object, 'spec', 'experiments'))
      .flatMap((experiment) => each(at(experiment, 'spec', 'probe')))
      .map((probe) => expression(`probe ${text(probe['name'])}`, at(probe, 'promProbe/inputs', 'query'))),
  GrafanaDashboard: (object) => dashboard(JSON.parse(text(at(object, 'spec', 'json'))) as JsonObject),
};

/** Every query of a generated tree, and how many objects of each kind asked. */
export function expressionsOf(files: readonly MadeFile[]): {
  readonly expressions: readonly Expression[];
  readonly kinds: Readonly<Record<string, number>>;
} {
  const kinds: Record<string, number> = {};
  const expressions = objectsOf(files).flatMap(({ path, object }) => {
    const kind = text(object['kind']);
    const read = READERS[kind];
    if (read === undefined) return [];
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    return read(object).map((one) => ({ ...one, at: `${path}: ${one.at}` }));
  });
  return { expressions, kinds };
}

/** Objects that no reader knows and that name a metric of ours all the same. */
export function unreadMentions(files: readonly MadeFile[], names: readonly string[]): readonly string[] {
  return objectsOf(files).flatMap(({ path, object }) => {
    if (READERS[text(object['kind'])] !== undefined) return [];
    const written = JSON.stringify(object);
    return names
      .filter((name) => written.includes(name))
      .map((name) => `${path}: ${text(object['kind'])} names ${name}`);
  });
}

function objectsOf(files: readonly MadeFile[]) {
  return files
    .filter(({ path }) => path.endsWith('.yaml') && !/\.(rules|test)\.yaml$/.test(path))
    .flatMap(({ path, text: yaml }) => readOwnYaml(yaml).map((object) => ({ path, object: object as JsonObject })));
}

function rule(rule: JsonObject): Expression {
  const name = text(rule['record'] ?? rule['alert']);
  const annotations = rule['annotations'];
  return {
    ...expression(name, rule['expr']),
    shown: isObject(annotations) ? Object.values(annotations).map(text) : [],
    added: isObject(rule['labels']) ? Object.keys(rule['labels']) : [],
    ...(rule['record'] === undefined ? {} : { record: name }),
  };
}

function dashboard(json: JsonObject): readonly Expression[] {
  const panels = each(json['panels']).flatMap((panel) =>
    each(panel['targets'])
      .filter((target) => target['expr'] !== undefined)
      .map((target) => ({
        ...expression(`panel ${text(panel['title'])}`, target['expr']),
        shown: [text(target['legendFormat'])],
      })),
  );
  const marks = each(at(json, 'annotations', 'list')).map((mark) => ({
    ...expression(`mark ${text(mark['name'])}`, mark['expr']),
    shown: [text(mark['titleFormat'])],
  }));
  return [...panels, ...marks, ...each(at(json, 'templating', 'list')).flatMap(variable)];
}

/** `label_values(series, label)` is Grafana's own: a query of series, of which one label is shown. */
function variable(one: JsonObject): readonly Expression[] {
  const asked = /^label_values\((.*), (\w+)\)$/.exec(text(at(one, 'query', 'query') ?? ''));
  if (asked === null) return [];
  return [{ ...expression(`variable ${text(one['name'])}`, asked[1]), shown: [`{{${asked[2] ?? ''}}}`] }];
}

function expression(what: string, query: Json | undefined): Expression {
  return { at: what, text: text(query), shown: [] };
}

function at(value: Json, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((node, key) => (isObject(node) ? node[key] : undefined), value);
}

function each(value: Json | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter((item) => isObject(item)) : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
