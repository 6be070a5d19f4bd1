import type { KnownAgent } from './store.ts';

/** As the shard has it: `<when it was written>|<by which scheduler>|<note>`. */
export function noteOf(agent: string, text: string): KnownAgent {
  const [, by = '', note = ''] = text.split('|');
  return { agent, by, note };
}
