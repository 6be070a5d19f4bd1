import type { ObjectClass } from './synthesize.ts';

/** An object of a custom resource, as the packages of `@kubernetes-models` type it. */
interface CustomObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * The class of a kind that cdk8s-plus-27 has no class for. `T` types its props; nothing of the typing package is loaded:
 * `customResource<IVirtualService>('networking.istio.io/v1', 'VirtualService')`.
 */
export function customResource<T extends CustomObject>(
  apiVersion: T['apiVersion'],
  kind: T['kind'],
): ObjectClass<Omit<T, 'apiVersion' | 'kind'>> {
  return { manifest: (props) => ({ apiVersion, kind, ...props }) };
}
