import { LuaFactory } from 'wasmoon';
import { expect, test } from 'vitest';
import { HEALTH_SCRIPTS, KNOWN_TO_ARGOCD, WITHOUT_STATUS } from './health-scripts.ts';

/** What Argo CD leaves a script of: not even methods of strings. */
const SANDBOX = `
debug.getmetatable("").__index = nil
for _, name in ipairs({ "string", "math", "io", "coroutine", "utf8", "debug", "require", "package", "goto" }) do
  _G[name] = nil
end
`;

async function healthOf(kind: string, object: object): Promise<{ status: string; message: string }> {
  const script = HEALTH_SCRIPTS[kind];
  if (script === undefined) throw new Error(`no script of ${kind}`);
  const lua = await new LuaFactory().createEngine({ injectObjects: false });
  try {
    // As Argo CD gives it: tables, and what is null is not there.
    await lua.doString(`obj = ${luaOf(object)}\n${SANDBOX}`);
    return (await lua.doString(script)) as { status: string; message: string };
  } finally {
    lua.global.close();
  }
}

function luaOf(value: unknown): string {
  if (Array.isArray(value)) return `{ ${value.map(luaOf).join(', ')} }`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `[${JSON.stringify(key)}] = ${luaOf(field)}`);
  return `{ ${fields.join(', ')} }`;
}

const now = (status: object) => ({ metadata: { generation: 2 }, spec: {}, status });
const condition = (type: string, status: string, more: object = {}) => ({
  conditions: [{ type, status, message: `${type} is ${status}`, ...more }],
});
const FRESH = { metadata: { generation: 1 }, spec: {} };

const CASES: readonly (readonly [kinds: readonly string[], object: object, status: string, message?: string])[] = [
  [['argoproj.io_Application'], FRESH, 'Progressing', 'Waiting for its first sync'],
  [['argoproj.io_Application'], now({ health: { status: 'Healthy' } }), 'Healthy', ''],
  [['argoproj.io_Application'], now({ health: { status: 'Degraded', message: 'a pod' } }), 'Degraded', 'a pod'],

  [['dragonflydb.io_Dragonfly'], FRESH, 'Progressing', 'Phase unknown'],
  [['dragonflydb.io_Dragonfly'], now({ phase: 'ResourcesCreated' }), 'Progressing', 'Phase ResourcesCreated'],
  [['dragonflydb.io_Dragonfly'], now({ phase: 'Configuring' }), 'Progressing'],
  [['dragonflydb.io_Dragonfly'], now({ phase: 'Ready', isRollingUpdate: true }), 'Progressing'],
  [['dragonflydb.io_Dragonfly'], now({ phase: 'Ready', isRollingUpdate: false }), 'Healthy'],
  [['dragonflydb.io_Dragonfly'], now({ phase: 'ready' }), 'Healthy'],

  [
    ['litmuschaos.io_ChaosEngine'],
    { ...FRESH, spec: { engineState: 'stop' } },
    'Healthy',
    'Waits until somebody starts it',
  ],
  [['litmuschaos.io_ChaosEngine'], { ...FRESH, spec: { engineState: 'active' } }, 'Healthy', 'Running'],
  [['litmuschaos.io_ChaosEngine'], now({ experiments: [{ name: 'pod-delete', verdict: 'Pass' }] }), 'Healthy'],
  [
    ['litmuschaos.io_ChaosEngine'],
    now({ experiments: [{ name: 'pod-delete', verdict: 'Fail' }] }),
    'Degraded',
    'The last run of pod-delete failed',
  ],

  [kindsOf('monitoring.coreos.com'), FRESH, 'Healthy'],
  [kindsOf('monitoring.coreos.com'), now({ bindings: [{}, condition('Accepted', 'True')] }), 'Healthy'],
  [
    kindsOf('monitoring.coreos.com'),
    now({ bindings: [condition('Accepted', 'False')] }),
    'Degraded',
    'Accepted is False',
  ],

  [kindsOf('istio.io'), FRESH, 'Healthy'],
  [kindsOf('istio.io'), now(condition('Reconciled', 'True')), 'Healthy'],
  [kindsOf('istio.io'), now(condition('Reconciled', 'False')), 'Progressing', 'Reconciled is False'],
  [kindsOf('istio.io'), now({ validationMessages: [{ level: 'WARNING' }] }), 'Healthy'],
  [kindsOf('istio.io'), now({ validationMessages: [{ level: 'ERROR' }] }), 'Degraded', 'The mesh refuses it'],

  [kindsOf('redhatcop.redhat.io'), FRESH, 'Progressing'],
  [kindsOf('redhatcop.redhat.io'), now(condition('ReconcileSuccessful', 'True')), 'Healthy'],
  [kindsOf('redhatcop.redhat.io'), now(condition('ReconcileFailed', 'True')), 'Degraded', 'ReconcileFailed is True'],
  [
    kindsOf('redhatcop.redhat.io'),
    now(condition('ReconcileSuccessful', 'True', { observedGeneration: 1 })),
    'Progressing',
  ],

  [VALID(), FRESH, 'Progressing', 'Waiting for the secrets operator'],
  [VALID(), now({ valid: true }), 'Healthy'],
  [VALID(), now({ valid: false, error: 'no route to host' }), 'Degraded', 'no route to host'],
  [VALID(), now({ valid: false }), 'Degraded', 'The secrets server refuses it'],
  [VALID(), now({ valid: true, ...condition('Ready', 'False') }), 'Degraded', 'Ready is False'],
  [VALID(), now({ ...condition('Ready', 'True') }), 'Healthy'],

  [SYNCED(), FRESH, 'Progressing', 'Waiting for the secret'],
  [SYNCED(), now({ lastGeneration: 1 }), 'Progressing'],
  [SYNCED(), now({ lastGeneration: 2 }), 'Healthy'],
  [SYNCED(), now(condition('Ready', 'True')), 'Healthy'],
  [SYNCED(), now(condition('SecretSynced', 'False')), 'Degraded', 'SecretSynced is False'],
  [SYNCED(), now(condition('Ready', 'Unknown')), 'Progressing', 'Ready is Unknown'],
  [SYNCED(), now({ lastGeneration: 1, ...condition('Ready', 'True', { observedGeneration: 1 }) }), 'Progressing'],
];

function kindsOf(group: string): readonly string[] {
  return Object.keys(HEALTH_SCRIPTS).filter((key) => key.slice(0, key.indexOf('_')).endsWith(group));
}
function VALID(): readonly string[] {
  return ['secrets.hashicorp.com_VaultAuth', 'secrets.hashicorp.com_VaultConnection'];
}
function SYNCED(): readonly string[] {
  return ['secrets.hashicorp.com_VaultDynamicSecret', 'secrets.hashicorp.com_VaultStaticSecret'];
}

test.each(CASES.map((one) => ({ one, name: `${one[0].join(' ')} ${JSON.stringify(one[1])}` })))(
  '$name',
  async ({ one }) => {
    const [kinds, object, status, message] = one;
    expect(kinds.length).toBeGreaterThan(0);
    for (const kind of kinds) {
      const health = await healthOf(kind, object);
      expect(health.status, kind).toBe(status);
      if (message !== undefined) expect(health.message, kind).toBe(message);
    }
  },
);

test('every script has a case in which its object is well, and one in which it is not', () => {
  const seen = (wanted: (status: string) => boolean) =>
    new Set(CASES.filter(([, , status]) => wanted(status)).flatMap(([kinds]) => kinds));
  expect([...seen((status) => status === 'Healthy')].sort()).toEqual(Object.keys(HEALTH_SCRIPTS).sort());
  expect([...seen((status) => status !== 'Healthy')].sort()).toEqual(Object.keys(HEALTH_SCRIPTS).sort());
});

test('a script that reads a library is caught here', async () => {
  const lua = await new LuaFactory().createEngine();
  await expect(lua.doString(`${SANDBOX} return ("x"):upper()`)).rejects.toThrow('attempt to index');
  await expect(lua.doString('return string.upper("x")')).rejects.toThrow('attempt to index');
  lua.global.close();
});

test('a kind is in one list only', () => {
  const all = [...Object.keys(HEALTH_SCRIPTS), ...WITHOUT_STATUS, ...KNOWN_TO_ARGOCD];
  expect(new Set(all).size).toBe(all.length);
});
