import type { Json } from '../../spec/contract/source.ts';
import type { EnvironmentDiff, ObjectChange, TreeDiff, UnitDiff } from './diff.ts';
import { hasRouting } from './diff.ts';
import type { FieldChange } from './diff-objects.ts';
import { codePointOf } from '../../spec/contract/text.ts';

/** Longest answer: GitHub refuses a longer comment. */
export const LENGTH_MAX = 65_536;

export type DiffFormat = 'text' | 'markdown' | 'json';

/** How much is said: every field, every object, one line per unit, one line per environment. */
const DETAILS = ['fields', 'objects', 'units', 'environments'] as const;
type Detail = (typeof DETAILS)[number];

/**
 * A diff for people or programs, never longer than `lengthMax` characters: where the whole does not fit, less is said
 * about everything, and the answer says so. Nothing is ever cut off in the middle.
 */
export function printDiff(diff: TreeDiff, format: DiffFormat, lengthMax: number = LENGTH_MAX): string {
  for (const detail of DETAILS) {
    const text = format === 'json' ? printJson(diff, detail) : printLines(diff, detail, format);
    if (text.length <= lengthMax) return text;
  }
  const count = `${diff.environments.length} environments change; too many to list here.\n`;
  return format === 'json' ? `${JSON.stringify({ detail: 'none', environments: diff.environments.length })}\n` : count;
}

function printJson(diff: TreeDiff, detail: Detail): string {
  const environments = diff.environments.map((environment) => {
    const { name, units, routing } = environment;
    const counts = { name, ...countsOf(environment) };
    if (detail === 'environments') return counts;
    if (detail === 'fields') return { ...counts, units, routing };
    return { ...counts, routing, units: units.map((unit) => jsonUnit(unit, detail)) };
  });
  return `${JSON.stringify({ detail, environments }, null, 2)}\n`;
}

function jsonUnit(unit: UnitDiff, detail: Detail): object {
  const { objects, ...rest } = unit;
  if (detail === 'objects') return { ...rest, objects: objects.map(({ object, state }) => ({ object, state })) };
  return { unit: unit.unit, state: unit.state, restart: unit.restart, objects: objects.length };
}

function countsOf({ units }: EnvironmentDiff): Readonly<Record<string, number>> {
  const count = (test: (unit: UnitDiff) => boolean): number => units.filter(test).length;
  return {
    added: count(({ state }) => state === 'added'),
    changed: count(({ state }) => state === 'changed'),
    removed: count(({ state }) => state === 'removed'),
    restarts: count(({ restart }) => restart),
    refused: count(({ objects }) => objects.some(({ immutable }) => immutable.length > 0)),
    opened: count(({ opened }) => opened.length > 0),
  };
}

function printLines(diff: TreeDiff, detail: Detail, format: 'text' | 'markdown'): string {
  if (diff.environments.length === 0) return 'Nothing changes.\n';
  const lines = diff.environments.flatMap((environment) => environmentLines(environment, detail, format));
  if (detail !== 'fields') lines.push(`(shortened to ${detail}: the whole diff is longer than may be shown here)`, '');
  return `${lines.join('\n').replace(/\n+$/, '')}\n`;
}

function environmentLines(environment: EnvironmentDiff, detail: Detail, format: 'text' | 'markdown'): string[] {
  const { name, units } = environment;
  const title = `${name}: ${summary(environment)}`;
  const lines = format === 'markdown' ? [`### ${safe(title)}`, ''] : [safe(title)];
  if (detail === 'environments') return [...lines, ''];
  const points = [...units.flatMap((unit) => unitPoints(unit, detail)), ...routingPoints(environment)];
  for (const { depth, text } of points) {
    const indent = '  '.repeat(format === 'markdown' ? depth : depth + 1);
    lines.push(format === 'markdown' ? `${indent}- ${code(text)}` : `${indent}${safe(text)}`);
  }
  return [...lines, ''];
}

function summary(environment: EnvironmentDiff): string {
  const { added = 0, changed = 0, removed = 0, restarts = 0, refused = 0, opened = 0 } = countsOf(environment);
  const parts = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'removed'],
    [restarts, 'restart'],
    [refused, 'with a change the cluster refuses'],
    [opened, 'with a new network path'],
  ] as const;
  return parts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

interface Point {
  readonly depth: number;
  readonly text: string;
}

function unitPoints(unit: UnitDiff, detail: Detail): Point[] {
  const flags = [unit.state, unit.restart ? 'restart' : unit.state === 'changed' ? 'no restart' : ''].filter(Boolean);
  const capacity = capacityText(unit);
  const points: Point[] = [{ depth: 0, text: `${unit.unit}: ${[...flags, ...capacity].join(', ')}` }];
  if (detail === 'units') return points;
  const say = (sign: string, texts: readonly string[]): void => {
    for (const text of texts) points.push({ depth: 1, text: `${sign} ${text}` });
  };
  say('+ network', unit.opened);
  say('- network', unit.closed);
  say('+ secret', unit.secretsAdded);
  say('- secret', unit.secretsRemoved);
  say('~ file', unit.files);
  for (const object of unit.objects) points.push(...objectPoints(object, detail));
  return points;
}

function objectPoints({ object, state, fields, immutable }: ObjectChange, detail: Detail): Point[] {
  const sign = { added: '+', removed: '-', changed: '~' }[state];
  const refused = immutable.length > 0 ? ' (immutable: delete it first)' : '';
  const points: Point[] = [{ depth: 1, text: `${sign} ${object}${refused}` }];
  if (detail === 'fields') points.push(...fields.map((field) => ({ depth: 2, text: fieldText(field) })));
  return points;
}

function fieldText({ path, before, after }: FieldChange): string {
  return `${path}: ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return '(none)';
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

function capacityText({ capacity: { before, after } }: UnitDiff): string[] {
  const delta = (was: number, is: number, unit: string, per: number): string[] =>
    was === is ? [] : [`${is > was ? '+' : '-'}${Math.round((Math.abs(is - was) / per) * 100) / 100} ${unit}`];
  return [
    ...delta(before.pods, after.pods, 'pods', 1),
    ...delta(before.cpuMillis, after.cpuMillis, 'cores', 1000),
    ...delta(before.memoryBytes, after.memoryBytes, 'GiB', 2 ** 30),
  ];
}

function routingPoints({ routing }: EnvironmentDiff): Point[] {
  if (!hasRouting(routing)) return [];
  const points: Point[] = [{ depth: 0, text: 'routing' }];
  for (const route of routing.added) points.push({ depth: 1, text: `+ route ${route}` });
  for (const route of routing.removed) points.push({ depth: 1, text: `- route ${route}` });
  for (const { route, parts, targets } of routing.changed) {
    const what = [...parts.filter((part) => part !== 'to'), ...targets];
    points.push({ depth: 1, text: `~ route ${route}: ${what.join(', ')}` });
  }
  for (const { fleet, shares } of routing.builds)
    points.push({ depth: 1, text: `~ builds of ${fleet}: ${shares.join(', ')}` });
  if (routing.reordered) points.push({ depth: 1, text: '~ routes are tried in another order' });
  return points;
}

/** Visible ASCII as it is, everything else as an escape: no text of a spec moves a cursor or reorders a line. */
function safe(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${codePointOf(character).toString(16)}}`);
}

/** A code span longer than any run of backticks in it: Markdown and mentions inside mean nothing. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${safe(text)}${pad}${fence}`;
}
