import fc from 'fast-check';

/** What ends a literal, opens code or reads a variable in each language that manifests carry. */
export const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  promql: [
    '"',
    "'",
    '`',
    '\\',
    '}',
    '{',
    ' or vector(1)',
    '"} or up{a="',
    ')[5m]',
    '#',
    '$__rate_interval',
    '\\"',
    '=~',
  ],
  cel: ['"', "'", '\\', ' || true', "' == ''", '")', 'r"', '"""', '//', '?', '${', "'+'"],
  hcl: ['"', '\\', '${', '%{', '}', '{', '\\"', 'path "sys/*" {', '/*', '*/', '#', '<<EOT', '*', '+'],
  lua: ['"', "'", '\\', ']]', '[[', '--', ']=]', '"..os.exit()..', '\\"', 'end', '\\z'],
  envoy: ['%REQ(x)%', '%', '%%', '"', '\\', '{', '}', '${', '%DYNAMIC_METADATA(a)%', '"}', "'"],
  go: ['{{', '}}', '{{ .Secrets }}', '{{-', '`', '"', '\\', '{{/*', '{{ end }}', '$', '{{`', '| printf'],
};

const ORDINARY = [
  'a',
  'Z',
  '0',
  ' ',
  '-',
  '.',
  ':',
  '/',
  'é',
  '漢',
  '🙂',
  '$(HOME)',
  '$HOME',
  '[[var]]',
  '<b>',
  '&amp;',
  '|',
];

/** Texts in which a language's own signs are never far. No control characters: files that hold them are not read at all. */
export function hostileText(language: string): fc.Arbitrary<string> {
  const signs = LANGUAGES[language];
  if (signs === undefined) throw new Error(`no signs of ${language}`);
  const piece = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...signs) }, fc.constantFrom(...ORDINARY));
  return fc
    .tuple(fc.array(piece, { maxLength: 4 }), fc.constantFrom(...signs), fc.array(piece, { maxLength: 4 }))
    .map(([before, sign, after]) => [...before, sign, ...after].join(''));
}
