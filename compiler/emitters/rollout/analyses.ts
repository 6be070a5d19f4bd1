import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { analyses } from '../../core/names.ts';
import { decides } from './decides.ts';
import { questionsOf } from './questions.ts';
import type { Question } from './questions.ts';
import { kinds } from './kinds.ts';
import type { AnalysisMetric } from './kinds.ts';

/** As often as rules record. */
const INTERVAL_SECONDS = 30;
/** Measurements out of bounds that are let pass, and as many without an answer to judge. */
const LET_PASS = 3;
/** Errors in a row; one that failed is tried again after ten seconds, so this is five minutes without Prometheus. */
const ERRORS = 30;
/** The same where nothing may be taken back: months. The controller has no word for "never". */
const ERRORS_BORNE = 1_000_000;
/** How long a fleet is looked at before a switch that no step came before, and after one. */
const BEFORE_SECONDS = 150;
const AFTER_SECONDS = 600;

/** What is measured, and what follows: both say the same of every fleet, so that a person knows what a rollout waits for. */
export function addAnalyses(add: Add, context: FleetContext, mesh: boolean): void {
  const { fleet } = context;
  const address = fleet.environment.observability?.prometheus;
  if (address === undefined) return;
  const addTemplate = (name: string, takesBack: boolean, count?: number) => {
    const metrics = questionsOf(context).map((question) => metricOf(context, question, address, takesBack, count));
    add(kinds.analysisTemplate, { metadata: context.metadata(name, waves.access), spec: { metrics } });
  };
  addTemplate(analyses.gate(fleet.name), decides(fleet), mesh ? undefined : AFTER_SECONDS / INTERVAL_SECONDS);
  // Before a switch users see the old version alone, or a share that the table can take back: nothing is gained by an end.
  if (!mesh) addTemplate(analyses.beforeSwitch(fleet.name), false, beforeSwitch(context));
}

/** Measurements before a switch: while a hand-over leads to it, those of all its steps. */
function beforeSwitch({ fleet, from }: FleetContext): number {
  const { steps, underway } = fleet.rollout;
  const holdMs = underway === undefined ? 0 : steps.reduce((sum, step) => sum + step.holdMs, 0);
  return from(Math.ceil(Math.max(BEFORE_SECONDS, holdMs / 1000) / INTERVAL_SECONDS), 'rollout', 'steps');
}

/**
 * Three answers. Within bounds, or too little to judge by: go on. Out of bounds: the new version is taken back, or a person
 * decides. No answer at all, because nothing is recorded: a person decides.
 */
function metricOf(
  { from }: FleetContext,
  { name, query, limit, at }: Question,
  address: string,
  takesBack: boolean,
  count: number | undefined,
): AnalysisMetric {
  const answer = (is: string) => `len(result) == 1 && result[0] ${is} ${limit}`;
  return {
    name,
    interval: `${INTERVAL_SECONDS}s`,
    ...(count === undefined ? {} : { count }),
    failureLimit: LET_PASS,
    inconclusiveLimit: LET_PASS,
    consecutiveErrorLimit: takesBack ? ERRORS : ERRORS_BORNE,
    successCondition: from(answer('<='), ...at),
    failureCondition: takesBack ? from(answer('>'), ...at) : from('false', 'rollout', 'onFailure'),
    provider: { prometheus: { address, query: from(query.text, ...at) } },
  };
}
