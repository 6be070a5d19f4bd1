import type { Json, JsonObject } from '../../spec/contract/source.ts';

/** Fields that decide what a pod may do, who it is and what selects it: no patch may touch them. */
const PROTECTED =
  /(^|\/)(securityContext|serviceAccount|serviceAccountName|automountServiceAccountToken|hostNetwork|hostPID|hostIPC|hostUsers|hostPath|privileged|nodeName|runtimeClassName|matchLabels|selector|namespaceSelector|podSelector|ipBlock|labels|annotations|imagePullSecrets|projected|image)(\/|$)/;

/** Kinds of objects whose selectors are the very thing that is protected. */
const OPEN_FIELDS: Readonly<Record<string, RegExp>> = {
  NetworkPolicy: /^\/spec\/(policyTypes|podSelector|ingress|egress)/,
};

/** Whether a patch of this kind of object may not touch the path. */
export function isProtected(kind: string, path: string): boolean {
  return PROTECTED.test(path) || OPEN_FIELDS[kind]?.test(path) === true;
}

/** What a value would bring in that a path alone does not show; nothing when it is harmless. */
export function protectedInside(value: Json): string | undefined {
  if (Array.isArray(value)) return firstOf(value as readonly Json[]);
  if (typeof value !== 'object' || value === null) return undefined;
  const map = value as JsonObject;
  const key = Object.keys(map).find((name) => PROTECTED.test(name));
  return key ?? firstOf(Object.values(map));
}

function firstOf(values: readonly Json[]): string | undefined {
  for (const value of values) {
    const found = protectedInside(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
