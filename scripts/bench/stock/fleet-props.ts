/** What tells one fleet of the benchmark from another. */
export interface FleetProps {
  readonly team: string;
  readonly fleet: string;
  readonly description: string;
  /** `pull` or `push`. */
  readonly delivery: string;
  readonly image: string;
  readonly version: string;
  readonly slots: string;
  /** The Secret that its credentials are in. */
  readonly secret: string;
  /** The size of its memory volume; without one it is a Deployment. */
  readonly memory?: string;
  /** `hard` of its ResourceQuota. */
  readonly quota: Readonly<Record<string, string>>;
}

/** When Argo CD applies an object. */
export const wave = (number: string): Readonly<Record<string, string>> => ({ 'argocd.argoproj.io/sync-wave': number });

/** What every object and every pod of a fleet carries. */
export const labelsOf = ({ team, fleet }: FleetProps): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'nova-torch',
  'app.kubernetes.io/name': fleet,
  'app.kubernetes.io/part-of': 'nova-torch',
  'nova-torch.dev/environment': 'prod',
  'nova-torch.dev/fleet': fleet,
  'nova-torch.dev/team': team,
});

/** What its pods are found by. */
export const podsOf = ({ team, fleet }: FleetProps): Record<string, string> => ({
  'app.kubernetes.io/name': fleet,
  'nova-torch.dev/team': team,
});
