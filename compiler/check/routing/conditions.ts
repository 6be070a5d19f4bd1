import type { JsonObject } from '../../../spec/contract/source.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { conditionProblems, targetSchemas } from './condition-problems.ts';

/** Conditions fit the input schemas of the fleets that the tasks go to. */
export function conditions(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const { where } = route.match;
    const schemas = targetSchemas(environment, route);
    if (where !== undefined) check(where.text, where.at, schemas, report);
    for (const { text, at } of route.priority.when) check(text, at, schemas, report);
  }
}

function check(text: string, at: Origin, schemas: readonly JsonObject[], report: Report): void {
  for (const { message, word, candidates, offset, length, hint } of conditionProblems(text, schemas)) {
    const meant = word === undefined ? undefined : nearest(word, candidates ?? []);
    report(
      'NT5011',
      { ...at, inside: { offset, length } },
      { problem: message },
      {
        ...(meant === undefined ? {} : { label: `did you mean \`${meant}\`?` }),
        notes: hint === undefined ? [] : [hint],
      },
    );
  }
}
