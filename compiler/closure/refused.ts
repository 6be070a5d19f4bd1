import type { UnitFacts } from './facts.ts';
import { MAKES } from './kinds.ts';
import type { ClosureObject } from './object.ts';
import { templateOf } from './object.ts';
import { isPodMaker } from './custom-pods.ts';

/** Objects that a cluster would not take as they are, and the fields that are wrong, as JSON Pointers; `` for the whole. */
export type Refusals = ReadonlyMap<ClosureObject['value'], readonly string[]>;

export const NOTHING_REFUSED: Refusals = new Map();

/** Where what is missing may be what a refused object would have brought; `*` is any kind. */
export interface Gap {
  readonly namespace: string;
  readonly kind: string;
}

/**
 * The facts of a unit without those that a wrong field decides: what is wrong there was said. What refused objects would have
 * brought is taken for present, so that the rest is proven and nothing that follows is said beside its cause.
 */
export function withoutRefused(objects: readonly ClosureObject[], facts: UnitFacts, refusals: Refusals): UnitFacts {
  const { problems } = facts;
  const wrong = wrongFields(objects, problems, refusals);
  if (wrong.size === 0) return facts;
  const unread = wrongFields(objects, [], refusals);
  const among = (fields: ReadonlyMap<string, readonly string[]>) => (fact: Fact) =>
    !(fields.get(fact.object) ?? []).some((field) => touches(field, fact.field));
  const isWhole = ({ object }: Pick<Fact, 'object'>) => !wrong.has(object);
  return {
    ...facts,
    selectors: facts.selectors.filter(among(wrong)),
    references: facts.references.filter(among(unread)),
    ports: facts.ports.filter(among(unread)),
    flows: facts.flows.filter(isWhole),
    quotas: facts.quotas.filter(isWhole),
    problems: problems.filter(
      (problem) => among(unread)(problem) && !comparesWith(unread.get(problem.object), problem),
    ),
    gaps: objects.flatMap((object) => gapsOf(object, wrong.get(object.name) ?? [])),
  };
}

interface Fact {
  readonly object: string;
  readonly field: string;
}

/** Rules of the API server that compare a field with another part of the object, by the end of the field. */
const COMPARED: readonly (readonly [field: RegExp, other: RegExp])[] = [
  [/^\/spec\/selector$/, /\/template(?:$|\/metadata)/],
  [/\/volumeMounts\/\d+$/, /\/spec\/volume(?:s|ClaimTemplates)(?:$|\/)/],
];

/** Whether a rule was broken by what a wrong field left out. */
function comparesWith(wrong: readonly string[] = [], { field }: Fact): boolean {
  return COMPARED.some(([one, other]) => one.test(field) && wrong.some((part) => other.test(part)));
}

/** Wrong fields by the name of their object: those of its schema, and those that a rule of the API server refuses. */
function wrongFields(
  objects: readonly ClosureObject[],
  problems: readonly Fact[],
  refusals: Refusals,
): ReadonlyMap<string, readonly string[]> {
  const wrong = new Map<string, readonly string[]>();
  const add = (object: string, fields: readonly string[]) =>
    wrong.set(object, [...(wrong.get(object) ?? []), ...fields]);
  for (const { name, value } of objects) {
    const fields = refusals.get(value);
    if (fields !== undefined) add(name, fields);
  }
  for (const { object, field } of problems) add(object, [field]);
  return wrong;
}

/** Whether one field is the other, or stands in it. */
function touches(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`) || one === '' || one === '/';
}

function gapsOf(object: ClosureObject, wrong: readonly string[]): Gap[] {
  const { kind, namespace } = object;
  const isWrong = (field: string) => wrong.some((one) => touches(one, field));
  if (wrong.length === 0) return [];
  if (kind === '' || isWrong('/kind')) return [{ namespace, kind: '*' }];
  const made = (MAKES[kind] ?? []).flatMap(({ field, kind: other }) => (isWrong(field) ? [other] : []));
  return [
    ...(isWrong('/metadata/name') || kind === 'NetworkPolicy' ? [kind] : []),
    ...(decidesPods(object, wrong) ? [PODS] : []),
    ...(wrong.some((field) => CONTAINER.test(field)) ? [CONTAINERS] : []),
    ...made,
  ].map((missing) => ({ namespace, kind: missing }));
}

/** Kinds of gaps besides those of objects: pods that may have other labels, and containers with other ports or needs. */
export const PODS = 'Pod';
export const CONTAINERS = 'Container';

/** A part of a container, or one with another name, that others count on. */
const CONTAINER = /\/spec\/containers(?:\/\d+(?:\/(?:ports\/.*|resources\/.*|[^/]*))?)?$/;

function decidesPods(object: ClosureObject, wrong: readonly string[]): boolean {
  const template = templateOf(object)?.field;
  if (template !== undefined)
    return wrong.some((field) => PARTS.some((part) => touches(field, part.replace('*', template))));
  // Whatever stands at the top of such a kind may be what decides the labels.
  return isPodMaker(object.kind) && wrong.some((field) => /^(?:\/spec(?:\/[^/]*)?|\/spec\/labels\/.*)$/.test(field));
}

/** What decides the labels of pods; the first is what a rule says is wrong when they do not fit their own selector. */
const PARTS = ['/spec/selector', '*/metadata/labels'] as const;

/** Whether something of a kind may be missing in a namespace only because an object was refused. */
export function gapsIn(units: Iterable<UnitFacts>): (namespace: string, kind: string) => boolean {
  const all = new Set<string>();
  for (const { gaps = [] } of units) for (const { namespace, kind } of gaps) all.add(`${namespace} ${kind}`);
  if (all.size === 0) return () => false;
  return (namespace, kind) => all.has(`${namespace} ${kind}`) || all.has(`${namespace} *`);
}
