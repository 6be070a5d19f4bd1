import { defineCatalog } from './entry.ts';
import { paragraphs } from './text.ts';

/** NT30xx: generated objects, as one graph. */
export const manifest = defineCatalog({
  NT3001: {
    severity: 'error',
    exit: 1,
    message: '{object} would be generated twice: `{owner}` makes it too',
    explanation: paragraphs(
      'Two objects of the same kind, namespace and name overwrite each other in the cluster, and Argo CD moves between them for ever. Usually two documents lead to the same derived name.',
      'Rename one of the two documents.',
    ),
  },
  NT3002: {
    severity: 'error',
    exit: 1,
    message: '{object} selects no pod: nothing has {labels} (`{field}`)',
    explanation: paragraphs(
      'A Service, a policy or a budget that selects nothing is accepted by the cluster and does nothing: traffic is dropped in silence, and nobody is protected.',
      'If you wrote a Patch for this object, correct its labels. Otherwise this is a fault of an emitter: please report it.',
    ),
  },
  NT3003: {
    severity: 'error',
    exit: 1,
    message: '{object} refers to {to}, which does not exist (`{field}`)',
    explanation: paragraphs(
      'The cluster accepts an object that names another one before it exists, and the pods then wait for it for ever.',
      'If a Patch names it, correct the name. Otherwise this is a fault of an emitter: please report it.',
    ),
  },
  NT3004: {
    severity: 'error',
    exit: 1,
    message: '{object} uses port `{port}`, which {pod} does not have (`{field}`)',
    explanation: paragraphs(
      'A Service or a probe that calls a port nobody listens on sends traffic into nothing, or restarts healthy pods.',
      'If a Patch changed the port, change it on both sides. Otherwise this is a fault of an emitter: please report it.',
    ),
  },
  NT3005: {
    severity: 'error',
    exit: 1,
    message: '{object} stands in namespace `{namespace}`, which nobody makes',
    explanation: paragraphs(
      'An object cannot be applied before its namespace exists; Argo CD would retry it until it gives up.',
      'If a Patch moved it, undo that. Otherwise this is a fault of an emitter: please report it.',
    ),
  },
  NT3006: {
    severity: 'error',
    exit: 1,
    message: '{object} does not hold {max} pods of {pod}',
    explanation: paragraphs(
      'The quota of a namespace is derived from the largest number of agents. When it is smaller, scaling stops early and tasks wait although `scale.max` promises more.',
      'Lower `scale.max` or the resources of an agent; if a Patch changed the quota, correct it.',
    ),
  },
  NT3007: {
    severity: 'error',
    exit: 1,
    message: 'the API server would refuse {object} at `{field}`: {reason}',
    explanation: paragraphs(
      'Some rules of Kubernetes stand in no schema: the API server alone knows them, and a sync would fail in the cluster. The compiler checks them beforehand.',
      'Change the spec value that the place shows, or the Patch that brought it in.',
    ),
  },
  NT3008: {
    severity: 'error',
    exit: 1,
    message: 'the edge from `{from}` to `{to}` is not open at the side of `{side}`',
    explanation: paragraphs(
      'An edge of the spec needs a policy at both ends: the caller may send, and the called fleet lets it in. With one missing, calls time out without a word.',
      'If a Patch changed a NetworkPolicy, undo that. Otherwise this is a fault of an emitter: please report it.',
    ),
  },
  NT3009: {
    severity: 'error',
    exit: 3,
    message: '{object} lets `{from}` reach `{to}`, which no `talksTo` declares',
    explanation: paragraphs(
      'Every network path between fleets is declared in the spec and reviewed there. A policy must not open another one.',
      'Declare the edge with `talksTo`, or remove what opens it.',
    ),
  },
  NT3010: {
    severity: 'error',
    exit: 1,
    message: '`{field}` of {object} cannot be changed from {before} to {after}',
    explanation: paragraphs(
      'The cluster refuses this change: the field is fixed when the object is made. A sync would fail, and the fleet would stay at its old version.',
      'Set it back, or make a new fleet beside this one and move the work over. A volume can grow in the cluster when its storage class allows it; the manifest must then follow by recreating the StatefulSet without its pods.',
    ),
  },
  NT3011: {
    severity: 'error',
    exit: 1,
    message: '{object} and its volumes would be left behind: `{unit}` is gone from the spec',
    explanation: paragraphs(
      'The fleet kept memory on volumes. Without its documents Argo CD removes the objects, and the volumes stay without an owner, or go with the data, as `memory.keep` said.',
      'Bring the fleet back, or move its data away first and then remove its folder below `generated/` in the same pull request.',
    ),
  },
});
