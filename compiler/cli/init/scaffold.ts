import { documents } from './documents.ts';
import { surroundings } from './surroundings.ts';

/** What a new repository is made for. */
export interface Scaffold {
  /** The company's name, lower-case words joined by hyphens. */
  readonly company: string;
}

/** Every file of a new repository, by path, in the order in which a newcomer should read them. */
export function scaffold(options: Scaffold, editorSchema: string): ReadonlyMap<string, string> {
  return new Map([
    ...documents(options.company),
    ...surroundings(options.company),
    ['nova-torch.schema.json', editorSchema],
  ]);
}
