import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../../cli/testing/built.ts';
import { collector } from '../../diagnostics/report.ts';
import { listTree } from './list-tree.ts';
import { TREE_LIMITS } from './limits.ts';
import { verifyTree } from './verify-tree.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

function verified(files: Readonly<Record<string, string>>, prepare: (folder: string) => void = () => undefined) {
  const folder = folderOf(files);
  prepare(folder);
  const { report, diagnostics } = collector();
  const { files: read, ...counts } = verifyTree(folder, '.', [{ prefix: '', kubernetes: '1.36' }], report);
  const texts = new Map(read.map(({ path, text }) => [path, text]));
  const shown = diagnostics.map(({ code, message, at }) => {
    const line = (texts.get(at.file) ?? '').slice(0, at.start).split('\n').length;
    return `${at.file}:${line} ${code} ${message}`;
  });
  return { counts, shown };
}

test('a sound tree is counted', () => {
  const { counts, shown } = verified({
    'a.yaml': MAP,
    'b/c.yml': `---\n${MAP.replace('a}', 'b}')}---\n`,
    'rules.yaml': 'groups: []\n',
    'x.txt': '{',
  });
  expect(shown).toEqual([]);
  expect(counts).toEqual({ objects: 2, kinds: 1, others: 1, versions: ['1.36'] });
});

test('each problem stands at its line', () => {
  const text =
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selektor: {a: b}\n  ports:\n    - port: "80"\n';
  expect(verified({ 'a.yaml': text }).shown).toEqual([
    'a.yaml:6 NT3101 Service a has no field `/spec/selektor`',
    'a.yaml:8 NT3102 Service a is wrong at `/spec/ports/0/port`: expected a whole number, found a text',
  ]);
});

test('of a field that is not known its name is shown, of a wrong one its value', () => {
  const folder = folderOf({ 'a.yaml': `${MAP}dat: {}\nimmutable: 3\n` });
  const { report, diagnostics } = collector();
  const { files } = verifyTree(folder, '.', [{ prefix: '', kubernetes: '1.36' }], report);
  expect(diagnostics.map(({ at }) => files[0]?.text.slice(at.start, at.end))).toEqual(['dat', '3']);
});

test('the items of a list are objects', () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n    dat: {}\n';
  expect(verified({ 'a.yaml': list }).shown).toEqual(['a.yaml:7 NT3101 ConfigMap a has no field `/dat`']);
});

/** A definition of `Widget`, whose `spec` has these properties. */
const definition = (properties: string, more = '') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.acme.example }
spec:
  group: acme.example
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            metadata: { type: object }
            spec: { type: object, ${more} properties: { ${properties} } }
    - { name: v0, served: false, storage: false, schema: { openAPIV3Schema: { type: object } } }
`;
const widget = (spec: string, version = 'v1') =>
  `apiVersion: acme.example/${version}\nkind: Widget\nmetadata: { name: w, labels: { a: b } }\nspec: ${spec}\n`;

test.each<[properties: string, spec: string, wanted: readonly string[]]>([
  ['size: { type: integer }', '{ size: 1 }', []],
  ['size: { type: integer }', '{ sise: 1 }', ['NT3101 Widget w has no field `/spec/sise`']],
  [
    'size: { type: integer, minimum: 2, default: 3 }, colour: { type: string, enum: [red, blue] }',
    '{ size: 1, colour: green }',
    [
      'NT3102 Widget w is wrong at `/spec/size`: less than 2',
      'NT3102 Widget w is wrong at `/spec/colour`: expected `red` or `blue`, found `green`',
    ],
  ],
  ['port: { x-kubernetes-int-or-string: true, anyOf: [{ type: integer }, { type: string }] }', '{ port: http }', []],
  ['any: { type: object, x-kubernetes-preserve-unknown-fields: true }', '{ any: { a: { b: 1 } } }', []],
  ['any: { x-kubernetes-preserve-unknown-fields: true }', '{ any: [1] }', []],
  ['none: { type: object }', '{ none: { a: 1 } }', ['NT3101 Widget w has no field `/spec/none/a`']],
  ['tags: { type: object, additionalProperties: { type: string } }', '{ tags: { a: x } }', []],
  [
    'tags: { type: object, additionalProperties: { type: string } }',
    '{ tags: { a: 1 } }',
    ['NT3102 Widget w is wrong at `/spec/tags/a`: expected a text, found the number 1'],
  ],
  ['all: { type: object, additionalProperties: true }', '{ all: { a: 1 } }', []],
  [
    'list: { type: array, maxItems: 1, items: { type: object, properties: { a: { type: string, nullable: true } } } }',
    '{ list: [{ a: null }, { b: x }] }',
    ['NT3102 Widget w is wrong at `/spec/list`: more than 1 items', 'NT3101 Widget w has no field `/spec/list/1/b`'],
  ],
  [
    'inner: { type: object, x-kubernetes-embedded-resource: true, properties: { data: { type: string } } }',
    '{ inner: { apiVersion: v1, kind: A, metadata: { name: a }, data: x, more: z } }',
    ['NT3101 Widget w has no field `/spec/inner/more`'],
  ],
  // A pattern that could run for ever is not run; others are.
  ['slow: { type: string, pattern: "^(a+)+$" }', `{ slow: ${'a'.repeat(40)}b }`, []],
  [
    'name: { type: string, pattern: "^[a-z]+$" }',
    '{ name: A1 }',
    ['NT3102 Widget w is wrong at `/spec/name`: does not match `^[a-z]+$`'],
  ],
])('a definition in the tree is the schema of its kind: %s, %s', (properties, spec, wanted) => {
  const { shown } = verified({ 'crd.yaml': definition(properties), 'w.yaml': widget(spec) });
  expect(shown.map((line) => line.replace(/^w\.yaml:\d+ /, ''))).toEqual(wanted);
});

test('conditions of a definition hold, and close nothing by themselves', () => {
  const crd = definition(
    'a: { type: string }, b: { type: string }',
    'required: [a], oneOf: [{ properties: { a: { enum: [x] } } }, { required: [b] }], not: { required: [a, b] },',
  );
  const problems = (spec: string) => verified({ 'crd.yaml': crd, 'w.yaml': widget(spec) }).shown;
  expect(problems('{ a: x }')).toEqual([]);
  expect(problems('{ a: z }')).toEqual(['w.yaml:4 NT3102 Widget w is wrong at `/spec`: needs `b`']);
  // Which of its forms a value has is asked when nothing else is wrong with it.
  expect(problems('{ b: z }')).toEqual(['w.yaml:4 NT3102 Widget w is wrong at `/spec`: `a` is missing']);
  expect(problems('{ a: x, b: z }')).toEqual(['w.yaml:4 NT3102 Widget w is wrong at `/spec`: `b` may not stand here']);
});

test('a definition neither loosens a known kind nor brings a version that is not served', () => {
  const crd = definition('size: { type: integer }');
  expect(verified({ 'crd.yaml': crd, 'w.yaml': widget('{}', 'v0') }).shown).toEqual([
    'w.yaml:1 NT3103 cannot verify Widget w: no schema of `acme.example/v0` Widget is known',
  ]);
  const free = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x }\nspec:\n';
  const loose = `${free}  group: keda.sh\n  scope: Namespaced\n  names: { kind: ScaledObject, plural: scaledobjects }\n  versions: [{ name: v1alpha1, served: true, storage: true, schema: { openAPIV3Schema: { x-kubernetes-preserve-unknown-fields: true } } }]\n`;
  const scaler =
    'apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: s }\nspec: { scaleTargetRef: { name: w }, triggers: [], typo: 1 }\n';
  expect(verified({ 'crd.yaml': loose, 's.yaml': scaler }).shown).toContain(
    's.yaml:4 NT3101 ScaledObject s has no field `/spec/typo`',
  );
});

test('documents that are no objects are named', () => {
  expect(verified({ 'a.yaml': '- 1\n---\nhello\n---\n' + MAP }).shown).toEqual([
    'a.yaml:1 NT3110 document 1 is a list, and a manifest is an object',
    'a.yaml:3 NT3110 document 2 is a single value, and a manifest is an object',
  ]);
});

test('what is there twice, and what selects nothing in a namespace of the tree, is found', () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: here}\n';
  const service = (where: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: ${where}}\nspec: {selector: {a: b}, ports: [{port: 80}]}\n`;
  expect(
    verified({
      'a.yaml': MAP,
      'b.yaml': MAP,
      'c.yaml': namespace,
      'd.yaml': service('here'),
      'e.yaml': service('elsewhere'),
    }).shown,
  ).toEqual([
    'b.yaml:1 NT3001 ConfigMap a would be generated twice: `a.yaml#0` makes it too',
    'd.yaml:4 NT3002 Service here/s selects no pod: nothing has a=b (`/spec/selector`)',
  ]);
});

const DEPLOYMENT = (container: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: here }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: gone
      containers: [${container}]
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: here }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
`;
const HERE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: here }\n';

test('an object that is refused is there for the others, and its other problems are said as well', () => {
  const files = (container: string) => ({ 'a.yaml': HERE, 'b.yaml': DEPLOYMENT(container), 'c.yaml': SERVICE });
  const account =
    'b.yaml:9 NT3003 Deployment here/web refers to ServiceAccount here/gone, which does not exist (`/spec/template/spec/serviceAccountName`)';
  expect(verified(files('{ name: web, prots: [{ name: http, containerPort: 80 }] }')).shown).toEqual([
    'b.yaml:10 NT3101 Deployment here/web has no field `/spec/template/spec/containers/0/prots`',
    account,
  ]);
  // A port that nobody misspelt is missing, whatever else is wrong.
  const wrong = '{ name: web, ports: [{ name: grpc, containerPort: 80 }], env: [{ name: A, valeu: x }] }';
  expect(verified(files(wrong)).shown).toEqual([
    'b.yaml:10 NT3101 Deployment here/web has no field `/spec/template/spec/containers/0/env/0/valeu`',
    account,
    'c.yaml:4 NT3004 Service here/web uses port `http`, which Deployment here/web does not have (`/spec/ports/0/targetPort`)',
  ]);
});

test('of an object whose kind is misspelt nobody is missed', () => {
  const deployment = DEPLOYMENT('{ name: web }').replace('kind: Deployment', 'kind: Deploymnt');
  expect(verified({ 'a.yaml': HERE, 'b.yaml': deployment, 'c.yaml': SERVICE }).shown).toEqual([
    'b.yaml:2 NT3103 cannot verify Deploymnt here/web: no schema of `apps/v1` Deploymnt is known',
  ]);
});

test('labels that are no texts select nobody, and that is said once', () => {
  const deployment = DEPLOYMENT('{ name: web, ports: [{ name: http, containerPort: 80 }] }');
  const numbered = deployment
    .replace('labels: { app: web }', 'labels: { app: 1 }')
    .replace(/ +serviceAccountName.*\n/, '');
  expect(verified({ 'a.yaml': HERE, 'b.yaml': numbered, 'c.yaml': SERVICE }).shown).toEqual([
    'b.yaml:7 NT3102 Deployment here/web is wrong at `/spec/template/metadata/labels/app`: expected a text, found the number 1',
  ]);
});

test('a volume without the name it must have is mounted by nobody, and that is said once', () => {
  const deployment = DEPLOYMENT('{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }');
  const nameless = deployment.replace('serviceAccountName: gone', 'volumes: [{ nam: data, emptyDir: {} }]');
  expect(verified({ 'a.yaml': HERE, 'b.yaml': nameless }).shown).toEqual([
    'b.yaml:9 NT3101 Deployment here/web has no field `/spec/template/spec/volumes/0/nam`',
  ]);
});

test('a misspelt key that must be there is one problem', () => {
  const service = SERVICE.replace('port: 80', 'prt: 80');
  expect(verified({ 'c.yaml': service }).shown).toEqual([
    'c.yaml:4 NT3101 Service here/web has no field `/spec/ports/0/prt`',
  ]);
});

test('a bomb, an anchor, deep nesting and a broken text end quickly and cleanly', () => {
  const bomb = `a: &a [x]\n${'bcdefgh'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join(',')}]`)
    .join('\n')}\n`;
  const started = performance.now();
  const { shown } = verified({
    'bomb.yaml': bomb,
    'deep.yaml': `a: ${'['.repeat(5000)}`,
    'broken.yaml': 'a: b: c\n',
    'keys.yaml': `apiVersion: v1\nkind: ConfigMap\ndata: {${Array.from({ length: 20_000 }, (_, index) => `k${index}: a`).join(', ')}}\n`,
  });
  expect(performance.now() - started).toBeLessThan(5000);
  expect([...new Set(shown.map((line) => line.split(' ')[0]?.split(':')[0] + ' ' + line.split(' ')[1]))]).toEqual([
    'bomb.yaml NT1102',
    'broken.yaml NT1101',
    'deep.yaml NT1114',
    'keys.yaml NT1113',
  ]);
});

test('links are not followed, and bytes that are no text or too many are refused', () => {
  const { shown } = verified({ 'a.yaml': MAP }, (folder) => {
    symlinkSync('/etc/passwd', join(folder, 'link.yaml'));
    symlinkSync('/etc', join(folder, 'folder'));
    writeFileSync(join(folder, 'bytes.yaml'), new Uint8Array([0x61, 0x3a, 0x20, 0xff]));
    writeFileSync(join(folder, 'large.yaml'), 'a'.repeat(TREE_LIMITS.fileBytesMax + 1));
  });
  expect(shown).toEqual([
    'folder:1 NT1001 `folder` is a symbolic link, and only regular files are read',
    `large.yaml:1 NT1002 \`large.yaml\` holds ${TREE_LIMITS.fileBytesMax + 1} bytes, more than the limit of ${TREE_LIMITS.fileBytesMax}`,
    'link.yaml:1 NT1001 `link.yaml` is a symbolic link, and only regular files are read',
    'bytes.yaml:1 NT1005 byte 3 is not UTF-8',
  ]);
});

test('a text that older readers take for something else is refused', () => {
  expect(verified({ 'a.yaml': `${MAP}data: {a: yes}\n` }).shown).toEqual([
    'a.yaml:4 NT1119 `yes` is text here and a boolean to YAML 1.1 readers',
  ]);
});

test.each([
  [{ entriesMax: 2, totalBytesMax: 1000 }, '.:0 NT3111 the tree holds more than 2 files'],
  [{ entriesMax: 9, totalBytesMax: 10 }, '.:0 NT3111 the tree holds more than 10 bytes'],
])('a tree beyond the limits %j is not read', (limits, wanted) => {
  const { report, diagnostics } = collector();
  const folder = folderOf({ 'a.yaml': MAP, 'b.yaml': MAP, 'c.yaml': MAP });
  expect(listTree(folder, '.', report, limits)).toEqual([]);
  expect(diagnostics.map(({ code, message, at }) => `${at.file}:${at.start} ${code} ${message}`)).toEqual([wanted]);
});
