import type { Json } from '../../../spec/contract/source.ts';
import type { EnvironmentModel, PatchOperation } from '../../core/model.ts';
import { labels, LABEL_PREFIX } from '../../core/names.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Fields that decide what a pod may do, what runs in it and who may reach it. */
const PROTECTED: ReadonlySet<string> = new Set([
  'automountServiceAccountToken',
  'csi',
  'env',
  'envFrom',
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
  'initContainers',
  'loadBalancerIP',
  'namespace',
  'nfs',
  'nodeName',
  'nodePort',
  'privileged',
  'projected',
  'runtimeClassName',
  'securityContext',
  'selector',
  'serviceAccount',
  'serviceAccountName',
  'shareProcessNamespace',
  ...Object.values(labels),
]);

/** Whole parts that hold protected fields: putting another in their place, or taking them away, loses those. */
const WHOLES =
  /^\/spec\/(template(\/(metadata(\/labels)?|spec(\/containers(\/[0-9-]+)?)?))?|volumeClaimTemplates|type)$/;

/** A patch leaves alone what keeps teams apart. */
export function patchScope(environment: EnvironmentModel, report: Report): void {
  for (const patch of environment.patches) {
    patch.operations.forEach((operation, index) => {
      const field = protectedField(operation);
      if (field !== undefined) report('NT4011', patch.from(['operations', index, 'path']), { field });
    });
  }
}

function protectedField(operation: PatchOperation): string | undefined {
  if (operation.op === 'test') return undefined;
  if (WHOLES.test(operation.path)) return operation.path;
  const keys = operation.path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return [...keys, ...('value' in operation ? keysIn(operation.value) : [])].find(isProtected);
}

function isProtected(key: string): boolean {
  return PROTECTED.has(key) || key.startsWith(`${LABEL_PREFIX}/`);
}

/** All keys in a value. Its depth is bounded: it stood in a file. */
function keysIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each: Json) => keysIn(each));
  return Object.entries(value).flatMap(([key, each]) => [key, ...keysIn(each)]);
}
