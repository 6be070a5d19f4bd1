import type { AcceptModel, FleetModel, Node, SchemaModel } from '../core/model.ts';
import type { SpecDocument } from '../load/document.ts';
import { ms, present, sortedEntries } from './amounts.ts';
import type { EnvironmentContext } from './context.ts';
import { findFile } from './files.ts';
import type { Filled, FilledFleet } from './filled.ts';
import { merge } from './layers.ts';
import type { FleetSpec } from '../../spec/contract/generated/types.ts';

type AcceptSpec = FleetSpec['accepts'][string];
type FilledAccept = AcceptSpec & Filled<Required<Pick<AcceptSpec, 'timeouts' | 'retry' | 'effects'>>>;

/** The task types of a fleet, each with the defaults for tasks below it. */
export function resolveAccepts(
  { accepts }: FilledFleet,
  node: Node,
  document: SpecDocument,
  context: EnvironmentContext,
): FleetModel['accepts'] {
  const entries = sortedEntries(accepts).map(([task, written]) => {
    const spec = merge(context.base.task, written) as FilledAccept;
    return [task, acceptOf(task, spec, node, document, context)] as const;
  });
  return new Map(entries);
}

function acceptOf(
  task: string,
  spec: FilledAccept,
  node: Node,
  document: SpecDocument,
  context: EnvironmentContext,
): AcceptModel {
  const { timeouts, retry } = spec;
  const schemaAt = (side: 'input' | 'output') =>
    spec[side] === undefined ? undefined : schemaOf(spec[side], ['accepts', task, side], node, document, context);
  const [input, output] = [schemaAt('input'), schemaAt('output')];
  const isLost =
    (input === undefined && spec.input !== undefined) || (output === undefined && spec.output !== undefined);
  return present({
    task,
    at: node.from(['accepts', task], 'key'),
    input,
    output,
    incomplete: isLost ? (true as const) : undefined,
    timeouts: { queueMs: ms(timeouts.queue), runMs: ms(timeouts.run), heartbeatMs: ms(timeouts.heartbeat) },
    retry: {
      attempts: retry.attempts,
      backoff: {
        firstMs: ms(retry.backoff.first),
        factor: retry.backoff.factor,
        maxMs: ms(retry.backoff.max),
        jitter: retry.backoff.jitter,
      },
      never: retry.never,
    },
    effects: spec.effects,
  });
}

function schemaOf(
  name: string,
  path: readonly string[],
  node: Node,
  document: SpecDocument,
  context: EnvironmentContext,
): SchemaModel | undefined {
  const at = node.from(path);
  const file = findFile(name, document, context, at);
  const schema = file === undefined ? undefined : context.schemaOf(file);
  return file === undefined || schema === undefined ? undefined : { file: file.path, schema, at };
}
