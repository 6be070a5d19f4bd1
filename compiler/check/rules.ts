import { eachEnvironment } from './each-environment.ts';
import { environmentRules } from './environment-rules.ts';
import { eachFleet } from './fleet-check.ts';
import { fleetRules } from './fleet-rules.ts';
import { flagTerm } from './flags/flag-term.ts';
import { freezes } from './graph/freezes.ts';
import { idleTeams } from './graph/idle-teams.ts';
import { orphanFiles } from './graph/orphans.ts';
import { patchTerm } from './graph/patch-term.ts';
import { unused } from './graph/unused.ts';
import type { Rule } from './rule.ts';

/** Every rule by its name, in the order in which they run. None needs another to have run. */
export const rules: Readonly<Record<string, Rule>> = Object.freeze({
  ...Object.fromEntries(
    Object.entries(fleetRules).map(([name, check]): [string, Rule] => [
      name,
      ({ model, asked }, report) => eachEnvironment(model, report, eachFleet(check, asked)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(environmentRules).map(([name, check]): [string, Rule] => [
      name,
      ({ model }, report) => eachEnvironment(model, report, check),
    ]),
  ),
  freezes,
  'orphan-files': orphanFiles,
  unused,
  'idle-teams': idleTeams,
  'patch-term': ({ model, today }, report) =>
    eachEnvironment(model, report, (environment, collect) => patchTerm(environment, collect, today)),
  'flag-term': ({ model, today }, report) =>
    eachEnvironment(model, report, (environment, collect) => flagTerm(environment, collect, today)),
});
