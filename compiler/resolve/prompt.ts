import type { AgentModel, Node } from '../core/model.ts';
import type { SpecDocument } from '../load/document.ts';
import type { EnvironmentContext } from './context.ts';
import { findFile } from './files.ts';

/** The prompt file of a fleet, with its text. */
export function resolvePrompt(
  name: string,
  node: Node,
  document: SpecDocument,
  context: EnvironmentContext,
): AgentModel['prompt'] {
  const at = node.from(['agent', 'prompt']);
  const file = findFile(name, document, context, at);
  return file === undefined ? undefined : { file: file.path, text: file.text, at };
}
