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
  NT3051: {
    severity: 'warning',
    exit: 1,
    message: 'patch `{patch}` lasts longer than {days} days',
    explanation: paragraphs(
      'A patch is a short way round. One that lasts for years is a field that the language lacks.',
      'Choose an earlier end, and ask for the field.',
    ),
  },
  NT3052: {
    severity: 'error',
    exit: 1,
    message: 'the target of patch `{patch}` matches {found}, and must match one',
    explanation: paragraphs(
      'A patch changes exactly one object of the fleet, named by its kind, and by its name where there are several of the kind.',
      'Correct the kind or the name. A fleet with memory is a StatefulSet, one without is a Deployment.',
    ),
  },
  NT3053: {
    severity: 'error',
    exit: 1,
    message: 'the patch cannot be applied at `{path}`: {reason}',
    explanation: paragraphs(
      'The object does not have what the operation expects. Patches are made for a shape of the object, which may have changed since.',
      'Look at the object below `generated/` and correct the path, or remove the patch.',
    ),
  },
  NT3054: {
    severity: 'error',
    exit: 1,
    message: 'the patch changes nothing at `{path}`',
    explanation: paragraphs(
      'The object has that value already. Perhaps the language says it by now, and the patch only hides who decides.',
      'Remove the operation.',
    ),
  },
  NT3055: {
    severity: 'error',
    exit: 3,
    message: 'a patch must not touch `{field}`',
    explanation: paragraphs(
      'Who an agent is, what it may do on its node, what it may reach and which image it runs are decided by the language and its checks. A patch would go around all of them.',
      'Say it in the language. If it cannot be said there, the platform team must add it.',
    ),
  },
});
