import { REDACTED } from '../config/secret.ts';

/** Takes a text and gives it back without secrets. */
export type Mask = (text: string) => string;

/** Takes out the secrets of the configuration by their very text: cheap enough for every name of every event. */
export function knownMasker(secrets: readonly string[]): Mask {
  // A secret of a few characters would black out half the log, and protects nothing.
  const known = secrets.filter((secret) => secret.length >= KNOWN_LENGTH_MIN).flatMap(spellings);
  return (text) => {
    let masked = text;
    for (const secret of known) if (masked.includes(secret)) masked = masked.replaceAll(secret, REDACTED);
    return masked;
  };
}

/**
 * The last thing that happens to a line of the log: whatever wrote it, the secrets of the configuration are taken out, and so is
 * what looks like one. Works on the JSON text, so that no path around it exists.
 */
export function masker(secrets: readonly string[]): Mask {
  const known = knownMasker(secrets);
  return (line) => {
    let masked = known(line);
    if (!MAYBE.test(masked)) return masked;
    for (const [pattern, replacement] of SHAPES) masked = masked.replace(pattern, replacement);
    return masked.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  };
}

const KNOWN_LENGTH_MIN = 6;

/** As itself, inside JSON, in a URL and in base64: a secret travels in each of these. */
function spellings(secret: string): readonly string[] {
  const all = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ];
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** Secrets by their shape. Bounded and without nesting: linear in the line. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w~+/.=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  [/(:\/\/[^\s:/@"\\]{0,128}):[^\s/@"\\]{1,512}@/g, `$1:${REDACTED}@`],
  [/\bhv[sbr]\.[\w-]{16,}/g, REDACTED],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}/g, REDACTED],
  [/\bsk-[\w-]{16,}/g, REDACTED],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,8192}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, REDACTED],
  [
    // Also as the end of a longer name, and in quotes, as JSON that is quoted in a message has both.
    /(password|passwd|secret(?:[_-]?access[_-]?key)?|token|api[_-]?key|authorization|cookie)((?:\\"|')?\s{0,4}[=:]\s{0,4}(?:\\"|')?)(?!\[redacted\])[^\s,;&"'\\]{3,}/gi,
    `$1$2${REDACTED}`,
  ],
];

/** Something that each of those has, and few lines have: looking once costs less than ten replacements of nothing. */
const MAYBE =
  /bearer|basic|eyj|:\/\/|hv[sbr]\.|akia|asia|gh[pousr]_|github_pat_|sk-|private key|passw|secret|token|api[_-]?key|authorization|cookie|[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/i;

/** What a terminal obeys and JSON does not escape: C1 controls, line separators, changes of direction. */
const UNSEEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
