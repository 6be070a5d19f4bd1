import { defineCatalog } from './entry.ts';
import { paragraphs } from './text.ts';

/** NT602x: the escape hatch. */
export const patches = defineCatalog({
  NT6020: {
    severity: 'error',
    exit: 1,
    message: 'patch `{patch}` expired after {expires}',
    explanation: paragraphs(
      'A patch is a debt with an end. After that day it is not applied silently, and it is not dropped silently either: somebody decides.',
      'Delete it, say it in the language, or give it a new day with a reason that still holds.',
    ),
  },
});
