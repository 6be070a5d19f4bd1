import { defineCatalog } from './entry.ts';

export const output = defineCatalog({});
