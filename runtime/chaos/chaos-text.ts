import type { Fault } from './faults.ts';
import { keptAllPromises, type ChaosReport } from './run-chaos.ts';

const SHOWN_MAX = 5;

/** A report for people: what was broken how often, what came of it, and the history of every task that was wronged. */
export function chaosText(report: ChaosReport, faults: readonly Fault[]): readonly string[] {
  const { counts, submitMs, broken, failures } = report;
  const rows = faults.map(({ kind, says }) => {
    const those = report.faults.filter((one) => one.kind === kind);
    const lasted = those.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    const recovered = those.flatMap(({ recoveredMs }) => recoveredMs ?? []);
    const worst = recovered.length === 0 ? '-' : seconds(Math.max(...recovered));
    return [kind, String(those.length), seconds(lasted), worst, says];
  });
  const shown = broken.slice(0, SHOWN_MAX);
  return [
    ...columns([['fault', 'times', 'lasted', 'recovered in', ''], ...rows]),
    '',
    ...columns([
      ['offered', String(counts.offered), `on ${report.store}, seed ${report.seed}, ${report.seconds.toFixed(0)} s`],
      ['accepted', String(counts.accepted), `${counts.journaled} of them from the journal alone`],
      [
        'handed out',
        String(counts.assigned),
        `${report.called} of them by a call; ${counts.stale} words of agents came too late and were refused`,
      ],
      [
        'finished',
        String(counts.finished),
        `as agents were told, who hear nothing when they were called; ${report.redriven} dead letters were redriven`,
      ],
      [
        'accepted after',
        `${submitMs.p50Ms.toFixed(0)} ms`,
        `p99 ${submitMs.p99Ms.toFixed(0)} ms, longest ${submitMs.maxMs.toFixed(0)} ms, from the intended moment`,
      ],
      ['drained after', seconds(report.drainedMs), 'from the moment everything was mended'],
    ]),
    '',
    ...shown.flatMap(({ promise, id, says, history }) => [
      `${promise}  ${id}  ${says}`,
      ...history.map((one) => `  ${one}`),
    ]),
    ...(broken.length > shown.length ? [`and ${broken.length - shown.length} more`] : []),
    ...failures.map((says) => `wrong  ${says}`),
    verdict(report),
  ];
}

function verdict(report: ChaosReport): string {
  const { broken, seed, counts, faults, refused } = report;
  const of = (promise: string): number => broken.filter((one) => one.promise === promise).length;
  const said = `${faults.length} faults, ${counts.accepted} accepted, ${of('lost')} lost, ${of('finished twice')} finished twice`;
  if (keptAllPromises(report)) return `kept    ${said}`;
  const others = broken.length - of('lost') - of('finished twice');
  return `broken  ${said}, ${others} other broken promises, ${refused} never accepted; --seed ${seed} draws the same faults`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Text to the left, with two spaces between columns. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
