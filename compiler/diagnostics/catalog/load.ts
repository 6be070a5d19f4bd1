import { defineCatalog } from './entry.ts';

export const load = defineCatalog({});
