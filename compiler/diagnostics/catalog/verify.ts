import { defineCatalog } from './entry.ts';
import { paragraphs } from './text.ts';

/** NT31xx: manifests against the schemas of their kinds. */
export const verify = defineCatalog({
  NT3101: {
    severity: 'error',
    exit: 1,
    message: '{object} has no field `{field}`',
    explanation: paragraphs(
      'The cluster drops a field it does not know, or Argo CD never comes in sync because of it; either way what was written does not hold, and nothing says so. Usually it is a typing mistake, or it stands one level too deep.',
      'Correct the name: `kubectl explain` shows the fields of a kind. In the output of a compile the place is the Patch or the spec value that brought the field in.',
    ),
  },
  NT3102: {
    severity: 'error',
    exit: 1,
    message: '{object} is wrong at `{field}`: {reason}',
    explanation: paragraphs(
      'The value has another type than the schema of its kind, is not one of the allowed ones, or something required is missing. The cluster would refuse the object and a sync would stop there.',
      'Write what the message asks for. A text that looks like a number or a boolean needs quotes.',
    ),
  },
  NT3103: {
    severity: 'error',
    exit: 1,
    message: 'cannot verify {object}: {reason}',
    explanation: paragraphs(
      'Nothing is passed unseen: an object whose kind is unknown could hold anything. The schemas of Kubernetes itself and of the operators that fleets use are built in.',
      'Correct `apiVersion` or `kind`. For a custom resource of your own, put its CustomResourceDefinition into the tree that is verified: its schema is used then.',
    ),
  },
  NT3104: {
    severity: 'error',
    exit: 1,
    message: '{object} does not fit the cluster at `{field}`: {reason}',
    explanation: paragraphs(
      'Kinds and fields come and go with the minor versions of Kubernetes. An older cluster refuses a kind it does not serve yet, and drops a field it does not know without a word.',
      'Use what the version has, or raise `platform.kubernetes` of the environment (with `nova-torch verify`: `--kubernetes`) when the cluster was upgraded.',
    ),
  },
  NT3110: {
    severity: 'error',
    exit: 1,
    message: 'document {number} is {found}, and a manifest is an object',
    explanation: paragraphs(
      'A file of manifests holds documents with `apiVersion` and `kind`. A list, a text or a number at the top is left over from something else, and `kubectl apply` stops at it.',
      'Remove the document, or move the file out of the tree.',
    ),
  },
  NT3111: {
    severity: 'error',
    exit: 4,
    message: 'the tree holds more than {limit} {what}',
    explanation: paragraphs(
      'There is a limit on what is read, so that a wrong path or a hostile tree ends at once and does not fill the memory.',
      'Name the folder of the manifests more exactly, or verify its parts one after the other.',
    ),
  },
});
