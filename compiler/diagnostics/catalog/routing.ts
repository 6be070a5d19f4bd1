import { defineCatalog } from './entry.ts';

export const routing = defineCatalog({});
