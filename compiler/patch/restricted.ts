import type { Json, JsonObject } from '../../spec/contract/source.ts';

/** Volumes that the restricted profile of Pod Security allows. */
const VOLUMES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** The capability that a restricted container may add. */
const CAPABILITY = 'NET_BIND_SERVICE';

/**
 * What the restricted profile of Pod Security would refuse about an object's pods, as JSON Pointers; empty for an object
 * without pods. Every pod of ours must pass, whatever was patched.
 */
export function notRestricted(object: JsonObject): readonly string[] {
  const pod = mapAt(mapAt(mapAt(object, 'spec'), 'template'), 'spec');
  if (Object.keys(pod).length === 0) return [];
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    listAt(pod, list).flatMap((container, index) => ofContainer(container, pod).map((at) => `/${list}/${index}${at}`)),
  );
  return [...ofPod(pod), ...containers].map((at) => `/spec/template/spec${at}`);
}

function ofPod(pod: JsonObject): string[] {
  const host = ['hostIPC', 'hostNetwork', 'hostPID'].filter((key) => pod[key] === true).map((key) => `/${key}`);
  const volumes = listAt(pod, 'volumes').flatMap((volume, index) =>
    Object.keys(volume)
      .filter((key) => key !== 'name' && !VOLUMES.has(key))
      .map((key) => `/volumes/${index}/${key}`),
  );
  return [...host, ...volumes];
}

function ofContainer(container: JsonObject, pod: JsonObject): string[] {
  const [own, shared] = [mapAt(container, 'securityContext'), mapAt(pod, 'securityContext')];
  const capabilities = mapAt(own, 'capabilities');
  const either = (key: string): Json | undefined => own[key] ?? shared[key];
  const seccomp = mapAt({ ...shared, ...own }, 'seccompProfile')['type'];
  const ports = listAt(container, 'ports').flatMap(({ hostPort }, index) =>
    hostPort === undefined || hostPort === 0 ? [] : [`/ports/${index}/hostPort`],
  );
  const rules: readonly (readonly [string, boolean])[] = [
    ['/privileged', own['privileged'] !== true],
    ['/allowPrivilegeEscalation', own['allowPrivilegeEscalation'] === false],
    ['/runAsNonRoot', either('runAsNonRoot') === true],
    ['/runAsUser', either('runAsUser') !== 0],
    ['/seccompProfile', seccomp === 'RuntimeDefault' || seccomp === 'Localhost'],
    ['/capabilities/drop', textsAt(capabilities, 'drop').includes('ALL')],
    ['/capabilities/add', textsAt(capabilities, 'add').every((name) => name === CAPABILITY)],
  ];
  return [...ports, ...rules.filter(([, holds]) => !holds).map(([at]) => `/securityContext${at}`)];
}

function mapAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as JsonObject) : {};
}

function textsAt(value: JsonObject, key: string): readonly Json[] {
  const found = value[key];
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

function listAt(value: JsonObject, key: string): readonly JsonObject[] {
  return textsAt(value, key).map((item) => mapAt({ item }, 'item'));
}
