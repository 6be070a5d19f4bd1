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
  ['a Slack webhook', /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9]{1,40}\/[A-Za-z0-9/]{8,100}/g],
  ['a Discord webhook', /\bdiscord(?:app)?\.com\/api\/webhooks\/[0-9]{10,25}\/[A-Za-z0-9_-]{20,100}/g],
  ['a Slack token', /\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}/g],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g],
  ['an API key', /\bsk-(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20,255}/g],
  ['a SendGrid key', /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}/g],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{20,64}/g],
  ['a Docker Hub token', /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,64}/g],
  ['a PyPI token', /\bpypi-[A-Za-z0-9_-]{40,255}/g],
  ['a DigitalOcean token', /\bdo[opr]_v1_[a-f0-9]{40,80}/g],
  ['a Grafana token', /\bgl(?:sa|c)_[A-Za-z0-9_=+/]{24,255}/g],
  ['a Groq key', /\bgsk_[A-Za-z0-9]{30,80}/g],
  ['an age key', /\bAGE-SECRET-KEY-(?:PQ-)?1[0-9A-Za-z]{20,128}/gi],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a Vault token', /\bhv[sbr]\.[A-Za-z0-9_-]{24,512}/g],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{5,2000}/g],
  ['a bearer token', /\bBearer[ \t]{1,8}(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{16,2048}/gi],
  ['an Azure storage key', /\bAccountKey=[A-Za-z0-9+/=]{40,128}/g],
  ['an address with a password', /(?<=:\/\/)[^\s/:@'"]{1,100}:[^\s/@'"]{1,100}@/g],
];

/** One look for all of them: nearly every file ends here. */
const ANY =
  /-----BEGIN|A(?:KIA|SIA|BIA|CCA)|gh[pousr]_|github_pat_|glpat-|hooks\.slack|discord|xox[abeprs]-|AIza|[rs]k_|sk-|npm_|SG\.|hf_|dckr_|pypi-|do[opr]_v1|gl(?:sa|c)_|gsk_|age-secret|bearer|hv[sbr]\.|eyJ|AccountKey|:\/\/[^\s/]{0,200}@/i;

/** `password: ...` with a value too random for a word or a path. */
const NAMED =
  /(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential)s?["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"',{}[\]#]{16,200})/gi;

/** What a variable is called whose value is a secret, whatever it is. */
const SECRET_WORD =
  '(?:PASSW(?:OR)?D|PASSPHRASE|SECRET|TOKEN|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)_?KEY|CREDENTIALS?)(?:_[A-Z0-9_]{0,60}|[0-9]{1,3})?';
const SECRET_NAME = new RegExp(`${SECRET_WORD}$`);
/** `MAX_TOKEN`, `PASSWORD_FILE`: how many, where or how, and not the secret itself. */
const ABOUT_A_SECRET =
  /^(?:MAX|MIN|USE|HAS)_|_(?:FILE|PATH|DIR|URL|URI|HOST|NAME|ID|TTL|TYPE|KIND|LENGTH|LIMIT|SIZE|COUNT|BUDGET|WINDOW|ENDPOINT|SECONDS|MS|ENABLED|REQUIRED|HEADER|ISSUER|AUDIENCE|STORE|ENGINE|MOUNT|PREFIX|FIELD)$/;

/**
 * Its value, as far as it may stand on the same line of YAML or JSON. Without quotes nothing tells where it ends, so that the
 * whole line goes: rather too much than a part of it.
 */
const SECRET_VALUE = new RegExp(
  `(?<=\\b[A-Z0-9_]{0,120}${SECRET_WORD}["']?[ \\t]{0,8}:[ \\t]{1,8})(?:"[^"\\r\\n]*|'[^'\\r\\n]*|[^\\s"'{[#][^\\r\\n]*)`,
  'g',
);

/** Whether a variable of this name with this value holds a secret in the clear. A path or a reference leads to one. */
export function isSecretVariable(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && !ABOUT_A_SECRET.test(name) && !/^(|true|false|[/$].*)$/s.test(value);
}

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

/** The text with every secret-shaped stretch, and what variables of secrets hold, replaced by `*`; lengths and line breaks stay. */
export function masked(text: string): string {
  let result = '';
  let from = 0;
  for (const { start, end } of secretShapes(text)) {
    result += text.slice(from, start) + text.slice(start, end).replace(/[^\r\n]/g, '*');
    from = end;
  }
  return (result + text.slice(from)).replace(SECRET_VALUE, (value) => value.replace(/(?!^["'])[^]/g, '*'));
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
