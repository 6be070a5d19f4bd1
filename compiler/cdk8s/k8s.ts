import { createRequire } from 'node:module';
import type * as K8s from 'cdk8s-plus-27/lib/imports/k8s.js';

/**
 * The typed Kubernetes objects of cdk8s-plus-27. Loaded the CommonJS way: an `import` would first scan the two megabytes
 * for their export names, which takes as long as running them.
 */
export const k8s = createRequire(import.meta.url)('cdk8s-plus-27/lib/imports/k8s.js') as typeof K8s;
export type { K8s };
