import { sure } from '../../spec/contract/sure.ts';

/** A stretch of text that looks like a secret. */
export interface SecretShape {
  readonly start: number;
  readonly end: number;
  /** What it looks like, with its article. */
  readonly what: string;
}

/** Every repetition is bounded, so that a hostile text costs no more than a long one. */
const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  [
    'a private key',
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----END)[\s\S]){0,16384}(?:-----END[A-Z -]{0,48}-----)?/g,
  ],
  ['an AWS access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/g],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/g],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,64}/g],
  ['a Slack token', /\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}/g],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g],
  ['an API key', /\bsk-(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20,255}/g],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a Vault token', /\bhv[sbr]\.[A-Za-z0-9_-]{24,512}/g],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{5,2000}/g],
  ['an Azure storage key', /\bAccountKey=[A-Za-z0-9+/=]{40,128}/g],
  ['an address with a password', /(?<=:\/\/)[^\s/:@'"]{1,100}:[^\s/@'"]{1,100}@/g],
];

/** One look for all of them: nearly every file ends here. */
const ANY =
  /-----BEGIN|A(?:KIA|SIA|BIA|CCA)|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AIza|[rs]k_|sk-|npm_|hv[sbr]\.|eyJ|AccountKey|:\/\/[^\s/]{0,200}@/;

/** `password: ...` with a value too random for a word or a path. */
const NAMED =
  /(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential)s?["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"',{}[\]#]{16,200})/gi;

/** Everything in `text` that looks like a secret, in order, without overlaps. */
export function secretShapes(text: string): readonly SecretShape[] {
  const found: SecretShape[] = [];
  if (ANY.test(text)) {
    for (const [what, shape] of SHAPES) {
      for (const match of text.matchAll(shape)) {
        found.push({ start: match.index, end: match.index + match[0].length, what });
      }
    }
  }
  for (const match of text.matchAll(NAMED)) {
    const value = sure(match[1], 'the value behind a name');
    const end = match.index + match[0].length;
    if (isRandom(value)) found.push({ start: end - value.length, end, what: 'a password or token' });
  }
  return withoutOverlaps(found);
}

/** The text with every secret-shaped stretch replaced by `*`; lengths and line breaks stay. */
export function masked(text: string): string {
  let result = '';
  let from = 0;
  for (const { start, end } of secretShapes(text)) {
    result += text.slice(from, start) + text.slice(start, end).replace(/[^\r\n]/g, '*');
    from = end;
  }
  return result + text.slice(from);
}

/** Letters and digits mixed with at least 3.5 bits a character; words and paths have less. */
function isRandom(value: string): boolean {
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value) || /[$(]/.test(value) || isPath(value)) return false;
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits >= 3.5;
}

/** An address, or a path of lower-case words. */
function isPath(value: string): boolean {
  return /^[a-z]{2,12}:\/\//.test(value) || (value.includes('/') && value === value.toLowerCase());
}

function withoutOverlaps(found: SecretShape[]): readonly SecretShape[] {
  const kept: SecretShape[] = [];
  for (const shape of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (shape.start >= (kept.at(-1)?.end ?? 0)) kept.push(shape);
  }
  return kept;
}
