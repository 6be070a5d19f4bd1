import { defineCatalog } from './entry.ts';

export const ownership = defineCatalog({});
