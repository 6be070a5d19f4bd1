import { hash } from 'node:crypto';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { SubmitRequest } from '../../spec/contract/protocol.ts';

/** What tells a repeated submission from another one with the same key: its task type, and a digest of all it says. */
export function digestOf(request: SubmitRequest): string {
  const { task, input = {}, labels = {}, delayMs = 0 } = request;
  // In the order of its keys, so that nothing is to be sorted.
  const text = canonicalJson({ delayMs, input, labels: { ...labels }, task });
  return `${task}/${hash('sha256', text, 'base64url').slice(0, 22)}`;
}
