import type { JsonPath } from '../../spec/contract/source.ts';
import type { Task } from '../../spec/contract/task.ts';
import type { ConditionModel, Node, RouteModel, SkillRequirement } from '../core/model.ts';
import type { Origin } from '../core/origin.ts';
import type { SpecDocument } from '../load/document.ts';
import { ms, present, rate, sortedEntries } from './amounts.ts';
import { readCondition } from './condition.ts';
import { lay, teamOf } from './context.ts';
import type { EnvironmentContext } from './context.ts';
import { PART_DEFAULTS } from './defaults.ts';
import type { FilledRoute } from './filled.ts';
import { findFleet } from './references.ts';

/** A route in one environment; nothing when an overlay made it invalid or a condition cannot be read. */
export function resolveRoute(document: SpecDocument, context: EnvironmentContext): RouteModel | undefined {
  const laid = lay<FilledRoute>(
    document,
    context.environment,
    context.base.route,
    context.defaults('route'),
    context.report,
  );
  if (laid === undefined) return undefined;
  const { node, spec } = laid;
  const read = new RouteReader(node, teamOf(document), context);
  const { task, labels, where } = spec.match;
  const route = present({
    at: node.at,
    from: node.from,
    id: document.id,
    name: document.name,
    team: teamOf(document),
    description: spec.description,
    match: present({
      tasks: typeof task === 'string' ? [task] : task,
      labels: Object.fromEntries(sortedEntries(labels)),
      where: where === undefined ? undefined : read.condition(where, ['match', 'where']),
    }),
    precedence: spec.precedence,
    require: read.skills(spec.require.skills, ['require']),
    to: read.targets(spec.to),
    affinity: affinityOf(spec),
    priority: priorityOf(spec, read),
    fairness: fairnessOf(spec),
    limits: limitsOf(spec),
    dedupe: dedupeOf(spec),
    queue: { maxDepth: spec.queue.maxDepth, maxAgeMs: ms(spec.queue.maxAge), onFull: spec.queue.onFull },
    fallback: spec.fallback.flatMap((step, index) => read.fallback(step, index)),
    expect: spec.expect.map((expected, index) => read.expected(expected, index)),
  });
  if (!read.sound) return undefined;
  return read.complete ? route : { ...route, incomplete: true };
}

/** Reads the parts of a route that refer to something or have a grammar, and remembers whether all could be read. */
class RouteReader {
  sound = true;
  /** Whether every fleet it names exists. */
  complete = true;
  readonly #node: Node;
  readonly #team: string;
  readonly #context: EnvironmentContext;

  constructor(node: Node, team: string, context: EnvironmentContext) {
    this.#node = node;
    this.#team = team;
    this.#context = context;
  }

  condition(text: string, path: JsonPath): ConditionModel {
    const at = this.#node.from(path);
    const read = readCondition(text, at, this.#context.report);
    if (read === undefined) this.sound = false;
    return read ?? { text, expression: { op: 'literal', value: false }, at };
  }

  skills(skills: Readonly<Record<string, number>> | undefined, path: JsonPath): SkillRequirement[] {
    return sortedEntries(skills ?? {}).map(([template, level]) => ({
      template,
      level,
      at: this.#node.from([...path, 'skills', template], 'key'),
    }));
  }

  targets(to: FilledRoute['to']): RouteModel['to'] {
    return sortedEntries(to).flatMap(([ref, weight]) => {
      const at = this.#node.from(['to', ref], 'key');
      const fleet = this.#fleet(ref, at);
      return fleet === undefined ? [] : [{ fleet, weight, at }];
    });
  }

  fallback(step: FilledRoute['fallback'][number], index: number): RouteModel['fallback'] {
    const at = this.#node.from(['fallback', index]);
    const target = this.#node.from(['fallback', index, 'to']);
    const fleet = this.#fleet(step.to, target);
    if (fleet === undefined) return [];
    const { after = PART_DEFAULTS.fallback.after, require } = step;
    const skills = require === undefined ? undefined : this.skills(require.skills, ['fallback', index, 'require']);
    return [
      present({ when: step.when, afterMs: ms(after), to: { fleet, weight: 1, at: target }, require: skills, at }),
    ];
  }

  expected({ task, goesTo }: FilledRoute['expect'][number], index: number): RouteModel['expect'][number] {
    const fleets = goesTo?.flatMap(
      (ref, place) => this.#fleet(ref, this.#node.from(['expect', index, 'goesTo', place])) ?? [],
    );
    return present({ task: task as Task, goesTo: fleets, at: this.#node.from(['expect', index]) });
  }

  #fleet(ref: string, at: Origin): string | undefined {
    const fleet = findFleet(this.#context, ref, this.#team, at);
    if (fleet === undefined) this.complete = false;
    return fleet;
  }
}

function affinityOf({ affinity }: FilledRoute): RouteModel['affinity'] {
  if (affinity === undefined) return undefined;
  const { key, mode, hold, spillAfter } = { ...PART_DEFAULTS.affinity, ...affinity };
  return { key, mode, holdMs: ms(hold), spillAfterMs: ms(spillAfter) };
}

function priorityOf({ priority }: FilledRoute, read: RouteReader): RouteModel['priority'] {
  const { aging } = priority;
  return present({
    default: priority.default,
    when: priority.when.map(({ if: text, then }, index) => ({
      ...read.condition(text, ['priority', 'when', index, 'if']),
      then,
    })),
    aging: aging === undefined ? undefined : { everyMs: ms(aging.every), max: aging.max ?? PART_DEFAULTS.aging.max },
  });
}

function fairnessOf({ fairness }: FilledRoute): RouteModel['fairness'] {
  return fairness === undefined
    ? undefined
    : { key: fairness.key ?? PART_DEFAULTS.fairness.key, weights: fairness.weights ?? {} };
}

function limitsOf({ limits }: FilledRoute): RouteModel['limits'] {
  const { inFlight, rate: perTime, perKey } = limits;
  return present({
    inFlight,
    rate: perTime === undefined ? undefined : rate(perTime),
    perKey: perKey === undefined ? undefined : { ...PART_DEFAULTS.perKey, ...perKey },
  });
}

function dedupeOf({ dedupe }: FilledRoute): RouteModel['dedupe'] {
  if (dedupe === undefined) return undefined;
  const { key, window, onHit = PART_DEFAULTS.dedupe.onHit } = dedupe;
  return { key, windowMs: ms(window), onHit };
}
