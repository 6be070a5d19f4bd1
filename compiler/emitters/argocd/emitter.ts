import type { EnvironmentEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects only when it is needed. */
export const argocdEmitter: EnvironmentEmitter = Object.freeze({
  name: 'argocd',
  summary: 'projects and applications of Argo CD: what is deployed from where, in which order, when not, and by whom',
  version: 2,
  scope: 'environment',
  load: async () => (await import('./emit.ts')).emit,
});
