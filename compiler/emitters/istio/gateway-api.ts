import type { Metadata } from '../../core/fleet-context.ts';

/** Kinds of the Gateway API, as far as we write them: a field that is not here cannot be written. */

/** A proxy that reads HTTP for an ambient namespace, or for the hosts outside the cluster. */
export interface Waypoint {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'Gateway';
  readonly metadata: Metadata;
  readonly spec: {
    readonly gatewayClassName: 'istio-waypoint';
    readonly listeners: readonly [{ readonly name: 'mesh'; readonly port: number; readonly protocol: 'HBONE' }];
    readonly infrastructure: {
      /** Of its pods. */
      readonly labels?: Readonly<Record<string, string>>;
      readonly parametersRef: { readonly group: ''; readonly kind: 'ConfigMap'; readonly name: string };
    };
  };
}

interface ServiceRef {
  readonly group: '';
  readonly kind: 'Service';
  readonly name: string;
  readonly port: number;
}

export interface HttpRoute {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'HTTPRoute';
  readonly metadata: Metadata;
  readonly spec: {
    readonly parentRefs: readonly ServiceRef[];
    readonly rules: readonly {
      readonly name: string;
      /** Without one, everything that no other rule matches. */
      readonly matches?: readonly {
        readonly method: 'POST';
        readonly path: { readonly type: 'Exact' | 'PathPrefix'; readonly value: string };
      }[];
      readonly timeouts?: { readonly request: string; readonly backendRequest: string };
      readonly backendRefs: readonly (ServiceRef & { readonly weight: number })[];
    }[];
  };
}
