import type { Json, JsonPath } from '../../spec/contract/source.ts';
import { KEPT, waveAnnotation, waves } from './fleet-context.ts';
import type { Metadata } from './fleet-context.ts';
import type { EnvironmentModel } from './model.ts';
import { labels } from './names.ts';
import { trace } from './trace.ts';

/** What every object is made from that all fleets of an environment share. */
export interface PlatformContext {
  readonly environment: EnvironmentModel;
  /** Labels of every object. */
  readonly labels: Record<string, string>;
  /** Marks a value with the place in the environment's spec that decides it. */
  readonly from: <T extends Json>(value: T, ...path: JsonPath) => T;
  readonly metadata: (
    namespace: string,
    name: string,
    wave: number,
    annotations?: Record<string, string>,
  ) => Metadata & { readonly namespace: string };
  /** Metadata of an object that has no namespace. */
  readonly clusterMetadata: (name: string, wave: number) => Metadata;
  /** Metadata of a namespace of the platform: restricted, and in the mesh unless it must stay outside. */
  readonly namespace: (name: string, security?: 'restricted' | 'privileged', mesh?: boolean) => Metadata;
}

export function platformContext(environment: EnvironmentModel): PlatformContext {
  const common: Record<string, string> = {
    [labels.environment]: trace(environment.name, environment.at),
    [labels.partOf]: 'nova-torch',
    [labels.managedBy]: 'nova-torch',
  };
  const from: PlatformContext['from'] = (value, ...path) => trace(value, environment.from(path));
  const meta = (name: string, wave: number, annotations: Record<string, string> = {}) => ({
    name,
    labels: common,
    annotations: { ...waveAnnotation(wave), ...annotations },
  });
  return {
    environment,
    labels: common,
    from,
    metadata: (namespace, name, wave, annotations) => ({ ...meta(name, wave, annotations), namespace }),
    clusterMetadata: (name, wave) => meta(name, wave),
    namespace: (name, security = 'restricted', mesh = true) => ({
      name,
      labels: { ...common, ...securityLabels(environment, security), ...(mesh ? meshLabels(environment) : {}) },
      annotations: { ...waveAnnotation(waves.namespace), ...KEPT },
    }),
  };
}

/** Pod Security by the rules of the environment's own version, so that an upgrade changes nothing unseen. */
function securityLabels(environment: EnvironmentModel, level: string): Record<string, string> {
  const version = trace(`v${environment.facts.kubernetes}`, environment.from(['platform', 'kubernetes']));
  return Object.fromEntries(
    ['enforce', 'warn', 'audit'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]),
  );
}

function meshLabels({ facts, from }: EnvironmentModel): Record<string, string> {
  return facts.mesh === 'ambient'
    ? { 'istio.io/dataplane-mode': trace('ambient', from(['platform', 'mesh'])) }
    : { 'istio.io/rev': trace(facts.meshRevision, from(['platform', 'revision'])) };
}
