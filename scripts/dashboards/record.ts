import type { JsonObject } from '../../spec/contract/source.ts';
import { parseDuration } from '../../spec/contract/units.ts';
import type { Engine, Series } from './engine.ts';
import { END, START } from './sample.ts';

/** A rule of a generated `.rules.yaml`. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const DAY = 86_400;
const RANGE = { from: START, to: END, step: 60 };

/** Records what the generated rules record, rules after those that they read, and then the alerts. */
export async function record(engine: Engine, rules: readonly Rule[]): Promise<void> {
  let open = rules.filter((rule) => rule.record !== undefined);
  while (open.length > 0) {
    const names = new Set(open.map((rule) => rule.record as string));
    const ready = open.filter(({ expr }) => ![...names].some((name) => expr.includes(`${name}{`)));
    if (ready.length === 0) throw new Error(`rules read each other: ${[...names].join(', ')}`);
    const made: Series[] = [];
    for (const rule of ready) made.push(...(await recorded(engine, rule)));
    await engine.add(made.map(withPast));
    open = open.filter((rule) => !ready.includes(rule));
  }
  const alerts: Series[] = [];
  for (const rule of rules) if (rule.alert !== undefined) alerts.push(...(await alerted(engine, rule)));
  await engine.add(alerts);
}

async function recorded(engine: Engine, { record: name = '', expr, labels }: Rule): Promise<readonly Series[]> {
  const results = await engine.range(expr, RANGE);
  return results.map((one) => ({ ...one, labels: { ...one.labels, ...labels, __name__: name } }));
}

/** With a month of calm before, in the steps in which long windows read it: else one bad hour would be all there was. */
function withPast({ labels, points }: Series): Series {
  if (points.length === 0 || !/^nova_slo:(bad|total):rate1h$/.test(labels['__name__'] ?? '')) return { labels, points };
  const first = points.slice(0, 60);
  const calm = first.reduce((sum, [, value]) => sum + value, 0) / first.length;
  const hours = Array.from({ length: 30 * 24 }, (_, hour) => START - 30 * DAY + hour * 3600);
  return { labels, points: [...hours.map((at) => [at, calm] as const), ...points] };
}

/** `ALERTS` as Prometheus serves it: pending while the query has a result, firing when it has had one for long enough. */
async function alerted(
  engine: Engine,
  { alert = '', expr, for: held = '0s', labels }: Rule,
): Promise<readonly Series[]> {
  const heldSeconds = (parseDuration(held) ?? 0) / 1000;
  return (await engine.range(expr, RANGE)).flatMap((result) => {
    const { __name__: _name, ...own } = result.labels;
    const states = { pending: [] as [number, number][], firing: [] as [number, number][] };
    let [since, last] = [0, 0];
    for (const [at] of result.points) {
      if (at - last > RANGE.step) since = at;
      last = at;
      states[at - since >= heldSeconds ? 'firing' : 'pending'].push([at, 1]);
    }
    return Object.entries(states)
      .filter(([, points]) => points.length > 0)
      .map(([alertstate, points]) => ({
        labels: { ...own, ...labels, __name__: 'ALERTS', alertname: alert, alertstate },
        points,
      }));
  });
}

/** Rules of a generated file of rules. */
export function rulesOf(file: JsonObject): readonly Rule[] {
  const { groups } = file as unknown as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}
