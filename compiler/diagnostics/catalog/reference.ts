import { defineCatalog } from './entry.ts';

export const reference = defineCatalog({});
