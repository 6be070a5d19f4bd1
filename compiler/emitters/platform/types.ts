/** Custom resources of the platform, as far as we write them: a field that is not here cannot be written. */
import type { Metadata } from '../../core/fleet-context.ts';

interface Resource<Version extends string, Kind extends string, Spec> {
  readonly apiVersion: Version;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly spec: Spec;
}

type Labels = Readonly<Record<string, string>>;
type Amounts = Readonly<Record<string, string>>;

export type Dragonfly = Resource<
  'dragonflydb.io/v1alpha1',
  'Dragonfly',
  {
    /** The master counts. */
    readonly replicas: number;
    readonly image: string;
    readonly imagePullPolicy: 'IfNotPresent';
    readonly args: readonly string[];
    readonly serviceAccountName: string;
    readonly priorityClassName: string;
    /** The operator's own policy would open the store to the whole cluster. */
    readonly networkPolicyEnabled: false;
    readonly enableReplicationReadinessGate: boolean;
    readonly aclFromSecret: { readonly name: string; readonly key: string };
    /** Of the pods. */
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly snapshot: {
      readonly cron: string;
      readonly persistentVolumeClaimSpec: {
        readonly accessModes: readonly string[];
        readonly storageClassName?: string;
        readonly resources: { readonly requests: Amounts };
      };
    };
    readonly resources: { readonly requests: Amounts; readonly limits: Amounts };
    readonly podSecurityContext: {
      readonly runAsNonRoot: true;
      readonly runAsUser: number;
      readonly runAsGroup: number;
      readonly fsGroup: number;
      readonly seccompProfile: { readonly type: 'RuntimeDefault' };
    };
    readonly containerSecurityContext: {
      readonly allowPrivilegeEscalation: false;
      readonly capabilities: { readonly drop: readonly string[] };
    };
    readonly topologySpreadConstraints: readonly {
      readonly maxSkew: number;
      readonly topologyKey: string;
      readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
      readonly labelSelector: { readonly matchLabels: Labels };
    }[];
    readonly additionalContainers: readonly {
      readonly name: string;
      readonly image: string;
      readonly imagePullPolicy: 'IfNotPresent';
      readonly command: readonly string[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly: true }[];
      readonly resources: { readonly requests: Amounts; readonly limits: Amounts };
      readonly securityContext: {
        readonly allowPrivilegeEscalation: false;
        readonly readOnlyRootFilesystem: true;
        readonly capabilities: { readonly drop: readonly string[] };
      };
    }[];
    readonly additionalVolumes: readonly {
      readonly name: string;
      readonly secret: { readonly secretName: string; readonly defaultMode: number };
    }[];
  }
>;

type MtlsMode = { readonly mode: 'STRICT' | 'PERMISSIVE' };

export type PeerAuthentication = Resource<
  'security.istio.io/v1',
  'PeerAuthentication',
  {
    readonly selector: { readonly matchLabels: Labels };
    readonly mtls: MtlsMode;
    /** By port number. */
    readonly portLevelMtls: Readonly<Record<string, MtlsMode>>;
  }
>;

/** Of a TCP port: rules that name anything of HTTP would never match. */
export type AuthorizationPolicy = Resource<
  'security.istio.io/v1',
  'AuthorizationPolicy',
  {
    readonly selector: { readonly matchLabels: Labels };
    readonly action: 'ALLOW';
    readonly rules: readonly {
      readonly from?: readonly { readonly source: { readonly principals: readonly string[] } }[];
      readonly to: readonly { readonly operation: { readonly ports: readonly string[] } }[];
    }[];
  }
>;
