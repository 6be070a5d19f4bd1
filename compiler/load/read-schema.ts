import { readFileSync } from 'node:fs';

/** The JSON Schema of the whole language as text, as editors take it. It stands beside the code, in `dist/` as well. */
export function readEditorSchema(): string {
  return readFileSync(new URL('../../spec/contract/generated/nova-torch.schema.json', import.meta.url), 'utf8');
}
