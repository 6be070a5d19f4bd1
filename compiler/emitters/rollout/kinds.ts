import type { IAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import { customResource } from '../../cdk8s/custom.ts';

/** The kinds that this emitter makes, typed. */
export const kinds = {
  rollout: customResource<IRollout>('argoproj.io/v1alpha1', 'Rollout'),
  analysisTemplate: customResource<IAnalysisTemplate>('argoproj.io/v1alpha1', 'AnalysisTemplate'),
} as const;

export type RolloutSpec = IRollout['spec'];
export type Strategy = NonNullable<RolloutSpec['strategy']>;
export type PodTemplate = NonNullable<RolloutSpec['template']>;
export type AnalysisMetric = NonNullable<IAnalysisTemplate['spec']['metrics']>[number];
