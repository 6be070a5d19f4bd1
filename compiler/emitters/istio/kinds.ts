import type { IDestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1/DestinationRule';
import type { IGateway } from '@kubernetes-models/istio/networking.istio.io/v1/Gateway';
import type { IServiceEntry } from '@kubernetes-models/istio/networking.istio.io/v1/ServiceEntry';
import type { ISidecar } from '@kubernetes-models/istio/networking.istio.io/v1/Sidecar';
import type { IVirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService';
import type { IAuthorizationPolicy } from '@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy';
import type { IPeerAuthentication } from '@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication';
import type { ITelemetry } from '@kubernetes-models/istio/telemetry.istio.io/v1/Telemetry';
import { customResource } from '../../cdk8s/custom.ts';
import type { HttpRoute, Waypoint } from './gateway-api.ts';

/** The kinds that this emitter makes, typed. */
export const kinds = {
  destinationRule: customResource<IDestinationRule>('networking.istio.io/v1', 'DestinationRule'),
  gateway: customResource<IGateway>('networking.istio.io/v1', 'Gateway'),
  serviceEntry: customResource<IServiceEntry>('networking.istio.io/v1', 'ServiceEntry'),
  sidecar: customResource<ISidecar>('networking.istio.io/v1', 'Sidecar'),
  virtualService: customResource<IVirtualService>('networking.istio.io/v1', 'VirtualService'),
  authorizationPolicy: customResource<IAuthorizationPolicy>('security.istio.io/v1', 'AuthorizationPolicy'),
  peerAuthentication: customResource<IPeerAuthentication>('security.istio.io/v1', 'PeerAuthentication'),
  telemetry: customResource<ITelemetry>('telemetry.istio.io/v1', 'Telemetry'),
  waypoint: customResource<Waypoint>('gateway.networking.k8s.io/v1', 'Gateway'),
  httpRoute: customResource<HttpRoute>('gateway.networking.k8s.io/v1', 'HTTPRoute'),
} as const;

export type DestinationRuleSpec = NonNullable<IDestinationRule['spec']>;
export type TrafficPolicy = NonNullable<DestinationRuleSpec['trafficPolicy']>;
export type HttpRule = NonNullable<NonNullable<IVirtualService['spec']>['http']>[number];
export type AuthorizationRule = NonNullable<NonNullable<IAuthorizationPolicy['spec']>['rules']>[number];
export type TelemetrySpec = NonNullable<ITelemetry['spec']>;
