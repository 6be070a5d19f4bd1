/** Objects of Argo CD, as far as we write them: a field that is not here cannot be written. */
import type { GroupKind } from '../../core/guards.ts';
import type { Metadata } from '../../core/fleet-context.ts';

interface Resource<Kind extends string, Spec> {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: Kind;
  readonly metadata: Metadata & { readonly finalizers?: readonly string[] };
  readonly spec: Spec;
}

export interface Destination {
  readonly server: string;
  readonly namespace: string;
}

export interface SyncWindow {
  readonly kind: 'deny';
  /** When it begins: minute, hour, day and month; a year cannot be said. */
  readonly schedule: string;
  readonly duration: string;
  readonly timeZone: 'UTC';
  readonly applications: readonly string[];
  /** Whoever may sync by hand still may. */
  readonly manualSync: true;
  /** What has begun may end. */
  readonly syncOverrun: true;
  readonly description: string;
}

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly groups: readonly string[];
  readonly policies: readonly string[];
}

export type AppProject = Resource<
  'AppProject',
  {
    readonly description: string;
    readonly sourceRepos: readonly string[];
    readonly destinations: readonly Destination[];
    readonly clusterResourceWhitelist: readonly GroupKind[];
    readonly namespaceResourceWhitelist: readonly GroupKind[];
    readonly namespaceResourceBlacklist: readonly GroupKind[];
    readonly orphanedResources?: {
      readonly warn: boolean;
      readonly ignore: readonly { readonly group?: string; readonly kind: string; readonly name?: string }[];
    };
    readonly syncWindows?: readonly SyncWindow[];
    readonly roles?: readonly Role[];
  }
>;

interface IgnoreDifferences {
  readonly group?: string;
  readonly kind: string;
  readonly jsonPointers?: readonly string[];
  readonly jqPathExpressions?: readonly string[];
}

export interface ApplicationSpec {
  readonly project: string;
  readonly source: {
    readonly repoURL: string;
    readonly targetRevision: string;
    readonly path: string;
    readonly directory: { readonly recurse: false; readonly include: string; readonly exclude?: string };
  };
  readonly destination: Destination;
  readonly revisionHistoryLimit: number;
  readonly ignoreDifferences?: readonly IgnoreDifferences[];
  readonly syncPolicy: {
    readonly automated: {
      readonly enabled: true;
      readonly prune: boolean;
      readonly selfHeal: true;
      readonly allowEmpty: false;
    };
    readonly syncOptions: readonly string[];
    readonly retry: {
      readonly limit: number;
      readonly refresh: true;
      readonly backoff: { readonly duration: string; readonly factor: number; readonly maxDuration: string };
    };
  };
}

export type Application = Resource<'Application', ApplicationSpec>;

export type ApplicationSet = Resource<
  'ApplicationSet',
  {
    readonly goTemplate: true;
    readonly goTemplateOptions: readonly string[];
    readonly generators: readonly {
      readonly list: { readonly elements: readonly Readonly<Record<string, string>>[] };
    }[];
    readonly syncPolicy: {
      readonly applicationsSync: 'create-update' | 'sync';
      readonly preserveResourcesOnDeletion: boolean;
    };
    readonly ignoreApplicationDifferences: readonly { readonly jsonPointers: readonly string[] }[];
    readonly template: {
      readonly metadata: {
        readonly name: string;
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: ApplicationSpec;
    };
  }
>;
