import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../spec/contract/source.ts';
import { readRegular } from '../output/read-regular.ts';
import { indexPath, parseIndex } from '../output/unit-index.ts';

/** What the generated tree says about what cannot be changed of a unit; nothing when the unit is not in it. */
export function immutableOf(folder: string): (environment: string, unit: string) => Json | undefined {
  return (environment, unit) => {
    const path = join(folder, indexPath(environment, unit));
    // Most often there is none at all, and an error costs ten times as much as a look.
    const text = existsSync(path) ? readRegular(path)?.toString('utf8') : undefined;
    return text === undefined ? undefined : parseIndex(text)?.immutable;
  };
}
