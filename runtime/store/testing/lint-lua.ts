/**
 * What a script must be, besides right: it says what it takes and promises, it takes keys only from KEYS, its loops are
 * bounded, and it uses nothing that one of the servers lacks. One sentence for each fault, with its line.
 */
export function lintLua(source: string): readonly string[] {
  const lines = source.split('\n');
  const code = lines.map(withoutComment);
  const found: string[] = [...missingHeader(lines)];
  const keys = new Set(code.flatMap((line) => (line.includes('KEYS[') ? keyNames(line) : [])));
  for (const [index, line] of code.entries()) {
    for (const fault of faultsOf(line, keys)) found.push(`line ${index + 1}: ${fault}`);
  }
  return found;
}

const HEADER = ['KEYS', 'ARGV', 'Returns', 'Promise', 'Bounds'] as const;

function missingHeader(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const header = lines.slice(0, end === -1 ? lines.length : end);
  return HEADER.filter((part) => !header.some((line) => line.startsWith(`-- ${part} `))).map(
    (part) => `the header does not say ${part}`,
  );
}

function keyNames(line: string): readonly string[] {
  const [, names = ''] = /^local ([\w, ]+) = (?:KEYS\[\d+\](?:, )?)+$/.exec(line) ?? [];
  return names.split(', ').filter((name) => name !== '');
}

const LACKING: readonly (readonly [RegExp, string])[] = [
  [/\b(?:while|repeat|goto)\b/, 'a loop without a bound'],
  [
    /(?<!^local concat, spread = table\.concat, table\.unpack or |\btable\.)\bunpack\b/,
    'unpack is not the same in both versions of Lua',
  ],
  [/^#!/, 'not every server knows a first line with #!'],
  [/\bredis\.(?!call\b)\w+/, 'only redis.call is the same on every server'],
  [/\b(?:math\.random|os\.|io\.|cjson|cmsgpack|bit\.|struct\.|loadstring|require)\b/, 'not every server has it'],
  [/\/\/|<<|>>|\bmath\.tointeger\b|\bmath\.type\b/, 'Lua 5.1 does not have it'],
  [/%\.\d*f|%g\b/, 'numbers are written by int()'],
];

/** As the expression for arguments below has it. */
const ALL_KEYS = 'spread(KEYS';

function faultsOf(line: string, keys: ReadonlySet<string>): readonly string[] {
  const faults: string[] = [];
  for (const [, command = '', key = ''] of line.matchAll(/\b(?:call|send)\('(\w+)'(?:, ([^,)]+))?/g)) {
    if (command !== 'TIME' && key !== ALL_KEYS && !keys.has(key))
      faults.push(`${command} uses ${key === '' ? 'no key' : key}, which is not from KEYS`);
  }
  if (/\b(?:call|send)\((?!')/.test(line) && !SENDS.has(line.trim()))
    faults.push('the command of a call must be written out');
  if (/\bfor\b/.test(line) && !BOUNDED.some((form) => form.test(line)))
    faults.push('a loop must run over a range or a list');
  const plain = line.replace(/'[^']*'/g, "''");
  for (const [pattern, why] of LACKING) if (pattern.test(pattern.source.includes('%') ? line : plain)) faults.push(why);
  if (/^\s*[A-Za-z_]\w* = /.test(line) && /^[A-Za-z_]/.test(line) && !line.startsWith('local ')) {
    const [name = ''] = line.split(' ');
    if (!TOP_LEVEL.has(name)) faults.push(`${name} may be a global`);
  }
  return faults;
}

/** How one command is sent for many members: who asks for that writes the command and the key out. */
const SENDS: ReadonlySet<string> = new Set([
  'local function send(command, key, list)',
  'call(command, key, spread(list, first, min(first + SPREAD_MAX - 1, size)))',
]);
/** Locals of the chunk that its last part sets. */
const TOP_LEVEL = new Set(['now_us']);
const BOUNDED = [/\bfor [\w_]+ = [^,]+, .+ do$/, /\bfor .+ in (?:pairs|ipairs|string\.gmatch)\(.+\) do$/];

function withoutComment(line: string): string {
  const at = line.indexOf('-- ');
  return (at === -1 ? line : line.slice(0, at)).trimEnd();
}
