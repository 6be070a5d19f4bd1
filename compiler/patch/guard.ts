import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { escapeKey } from './pointer.ts';
import { compareText } from '../../spec/contract/text.ts';

/** Keys whose values decide who an agent is, what it may do on its node, what it runs and what finds it. */
const GUARDED: ReadonlySet<string> = new Set([
  'automountServiceAccountToken',
  'csi',
  'ephemeralContainers',
  'externalIPs',
  'externalName',
  'hostAliases',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostPath',
  'hostPort',
  'hostUsers',
  'image',
  'imagePullSecrets',
  'initContainers',
  'namespace',
  'nodeName',
  'nodePort',
  'priorityClassName',
  'projected',
  'runtimeClassName',
  'securityContext',
  'selector',
  'serviceAccount',
  'serviceAccountName',
  'shareProcessNamespace',
]);

/** Labels and annotations that the platform reads: ours, the mesh's, Argo CD's, Pod Security's and the metrics'. */
const GUARDED_NAMES =
  /^([a-z.-]+\.)?(nova-torch\.dev|istio\.io|argoproj\.io)\/|^(app|pod-security)\.kubernetes\.io\/|^prometheus\.io\//;

/** Parts of objects of one kind that are guarded as a whole: access, network paths, and how a service is reached. */
const GUARDED_PARTS: Readonly<Record<string, readonly string[]>> = {
  AuthorizationPolicy: ['/spec'],
  NetworkPolicy: ['/spec'],
  PeerAuthentication: ['/spec'],
  Role: ['/rules'],
  RoleBinding: ['/roleRef', '/subjects'],
  // How it hands over is said in the spec; another template, route or analysis would be somebody else's.
  Rollout: ['/spec/analysis', '/spec/strategy', '/spec/workloadRef'],
  Service: ['/spec/type'],
  ServiceAccount: ['/secrets'],
  Sidecar: ['/spec'],
  VirtualService: ['/spec/exportTo', '/spec/gateways', '/spec/hosts'],
  DestinationRule: ['/spec/exportTo', '/spec/host', '/spec/trafficPolicy/tls'],
  HTTPRoute: ['/spec/parentRefs'],
};

/** What makes an object the one it is. */
const IDENTITY = ['/apiVersion', '/kind', '/metadata/name'];

/**
 * JSON Pointer of the first guarded value that differs between an object and what a patch made of it; nothing when the
 * patch leaves all of them alone. It looks at what came out and not at the patch: replacing or removing what holds a
 * guarded value loses it just as well.
 */
export function guardedChange(before: JsonObject, after: JsonObject): string | undefined {
  const [was, is] = [guardedIn(before), guardedIn(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().find((pointer) => was.get(pointer) !== is.get(pointer));
}

/** Guarded values by pointer, as texts that are the same for the same value. */
function guardedIn(value: JsonObject): ReadonlyMap<string, string> {
  const parts = new Set([...IDENTITY, ...(GUARDED_PARTS[String(value['kind'])] ?? [])]);
  const found = new Map<string, string>();
  const visit = (current: Json | undefined, pointer: string, key: string): void => {
    if (parts.has(pointer) || GUARDED.has(key) || GUARDED_NAMES.test(key)) found.set(pointer, canonical(current));
    else if (Array.isArray(current)) current.forEach((item: Json, index) => visit(item, `${pointer}/${index}`, ''));
    else if (typeof current === 'object' && current !== null)
      for (const [name, field] of Object.entries(current)) visit(field, `${pointer}/${escapeKey(name)}`, name);
  };
  visit(value, '', '');
  return found;
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => compareText(a, b)));
  });
}
