import { RE2JS } from 're2js';
import { linearPattern } from './linear-pattern.ts';
import type { Look } from './look.ts';

/** Whether a text matches, at a price that its length times the pattern's states decides. Throws for one that cannot look. */
export function matcherOf(pattern: string): (text: string, look: Look) => boolean {
  const linear = linearPattern(pattern);
  if (typeof linear === 'string') throw new Error(`the pattern ${pattern} cannot run: ${linear}`);
  const { text: written, states } = linear;
  const engine = RE2JS.compile(written);
  return (text, look) => {
    look.spend((text.length * states) >> 6);
    return engine.test(text);
  };
}
