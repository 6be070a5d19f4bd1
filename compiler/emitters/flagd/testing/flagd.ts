import type { EvaluationContext, Logger } from '@openfeature/core';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import type { Json } from '../../../../spec/contract/source.ts';
import type { Task } from '../../../../spec/contract/task.ts';

/** flagd's own core with these flags. Throws when the document is not what flagd's schemas for flags and targeting allow. */
export function flagd(document: string, isCompiled = true): FlagdCore {
  const options = { disableDynamicCodeGeneration: !isCompiled };
  const storage = new MemoryStorage(LOGGER, options);
  storage.setConfigurations(document, true);
  const core = new FlagdCore(storage, LOGGER, options);
  return core;
}

/** The variant and the value that an agent gets for a task. */
export function answer(core: FlagdCore, flag: string, task: Task): { readonly variant: string; readonly value: Json } {
  const asked = core.getFlag(flag)?.evaluate(task as unknown as EvaluationContext, LOGGER);
  if (asked === undefined || asked.reason === 'ERROR' || asked.variant === undefined || asked.value === undefined)
    throw new Error(`no answer: ${JSON.stringify(asked)}`);
  return { variant: asked.variant, value: asked.value };
}

/** What flagd only warns of is an error here. */
const complain = (...said: readonly unknown[]): void => {
  throw new Error(said.join(' '));
};
const LOGGER: Logger = { error: complain, warn: complain, info: () => undefined, debug: () => undefined };
