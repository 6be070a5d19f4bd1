import { RE2JS } from 're2js';

/** Up to here the engine of JavaScript is quick whatever the pattern; most values are names. */
const SHORT_MAX = 256;

interface Matcher {
  test(text: string): boolean;
}

/**
 * Whether a text matches a pattern of a kind's schema. The API server runs them in RE2, and so do we for a long text: for
 * some patterns of Gateway API and Prometheus the engine of JavaScript takes the cube of a text's length.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  return (text.length > SHORT_MAX ? linear : quick)(pattern).test(text);
}

const quick = remembered((pattern) => {
  // RE2 may ask for letters of any case in the middle.
  const insensitive = pattern.includes('(?i)');
  return new RegExp(pattern.replaceAll('(?i)', ''), insensitive ? 'iu' : 'u');
});

const linear = remembered((pattern) => RE2JS.compile(pattern));

function remembered(make: (pattern: string) => Matcher): (pattern: string) => Matcher {
  const made = new Map<string, Matcher>();
  return (pattern) => {
    const known = made.get(pattern) ?? make(pattern);
    made.set(pattern, known);
    return known;
  };
}
