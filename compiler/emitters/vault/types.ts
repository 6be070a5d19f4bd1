/**
 * The custom resources of secrets, as far as we write them. No package types these kinds closely enough: a field that is
 * not here cannot be written.
 */
import type { Metadata } from '../../core/fleet-context.ts';

interface Resource<Version extends string, Kind extends string, Spec> {
  readonly apiVersion: Version;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly spec: Spec;
}

/** Who changes the secrets server on our behalf. */
interface Administration {
  readonly authentication: {
    readonly path: string;
    readonly role: string;
    readonly serviceAccount: { readonly name: string };
  };
  readonly connection: { readonly address: string };
}

export type Policy = Resource<
  'redhatcop.redhat.io/v1alpha1',
  'Policy',
  Administration & { readonly type: 'acl'; readonly policy: string }
>;

export type KubernetesAuthEngineRole = Resource<
  'redhatcop.redhat.io/v1alpha1',
  'KubernetesAuthEngineRole',
  Administration & {
    /** Mount of the auth method. */
    readonly path: string;
    readonly targetServiceAccounts: readonly string[];
    readonly targetNamespaces: { readonly targetNamespaces: readonly string[] };
    readonly audience: string;
    readonly aliasNameSource: 'serviceaccount_uid';
    readonly policies: readonly string[];
    readonly tokenNoDefaultPolicy: boolean;
    readonly tokenType: 'service' | 'batch';
    /** Seconds. */
    readonly tokenTTL: number;
    /** Seconds. */
    readonly tokenMaxTTL: number;
    /** Seconds. A token with one lives for so long after each renewal, without an end. */
    readonly tokenPeriod?: number;
  }
>;

export type VaultConnection = Resource<
  'secrets.hashicorp.com/v1beta1',
  'VaultConnection',
  { readonly address: string; readonly skipTLSVerify: boolean }
>;

export type VaultAuth = Resource<
  'secrets.hashicorp.com/v1beta1',
  'VaultAuth',
  {
    /** `namespace/name` */
    readonly vaultConnectionRef: string;
    readonly method: 'kubernetes';
    readonly mount: string;
    readonly kubernetes: {
      readonly role: string;
      readonly serviceAccount: string;
      readonly audiences: readonly string[];
      readonly tokenExpirationSeconds: number;
    };
  }
>;

/** What both kinds of secrets of the Vault Secrets Operator say alike. */
export interface VaultSecret {
  readonly vaultAuthRef: string;
  readonly mount: string;
  readonly path: string;
  readonly refreshAfter: string;
  readonly destination: {
    readonly name: string;
    readonly create: true;
    readonly overwrite: false;
    readonly labels: Readonly<Record<string, string>>;
    readonly transformation: {
      readonly excludeRaw: true;
      readonly excludes: readonly string[];
      readonly templates: Readonly<Record<string, { readonly text: string }>>;
    };
  };
  readonly rolloutRestartTargets?: readonly { readonly kind: string; readonly name: string }[];
}

export type VaultStaticSecret = Resource<
  'secrets.hashicorp.com/v1beta1',
  'VaultStaticSecret',
  VaultSecret & { readonly type: 'kv-v2'; readonly hmacSecretData: true }
>;

export type VaultDynamicSecret = Resource<
  'secrets.hashicorp.com/v1beta1',
  'VaultDynamicSecret',
  VaultSecret & {
    /** When so much of a lease is over it is renewed, or another one begins. */
    readonly renewalPercent: number;
    /** Whether the lease ends with this object. */
    readonly revoke: true;
  }
>;

export type SecretStore = Resource<
  'external-secrets.io/v1',
  'SecretStore',
  {
    readonly provider: {
      readonly vault: {
        readonly server: string;
        /** Mount of the key-value store. Without one a key is the whole path, as the server has it. */
        readonly path?: string;
        readonly version: 'v1' | 'v2';
        readonly auth: {
          readonly kubernetes: {
            readonly mountPath: string;
            readonly role: string;
            readonly serviceAccountRef: { readonly name: string; readonly audiences: readonly string[] };
          };
        };
      };
    };
  }
>;

export type ExternalSecret = Resource<
  'external-secrets.io/v1',
  'ExternalSecret',
  {
    readonly refreshInterval: string;
    readonly secretStoreRef: { readonly kind: 'SecretStore'; readonly name: string };
    readonly target: {
      readonly name: string;
      readonly creationPolicy: 'Owner';
      readonly deletionPolicy: 'Retain';
      readonly template?: {
        readonly engineVersion: 'v2';
        readonly metadata?: { readonly labels: Readonly<Record<string, string>> };
        readonly data?: Readonly<Record<string, string>>;
      };
    };
    readonly data?: readonly {
      readonly secretKey: string;
      readonly remoteRef: { readonly key: string; readonly property: string };
    }[];
    /** Each entry is one read with all its fields. */
    readonly dataFrom?: readonly { readonly extract: { readonly key: string } }[];
  }
>;
