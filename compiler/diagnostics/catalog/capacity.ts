import { defineCatalog } from './entry.ts';

export const capacity = defineCatalog({});
