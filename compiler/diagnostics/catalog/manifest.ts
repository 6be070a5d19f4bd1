import { defineCatalog } from './entry.ts';

export const manifest = defineCatalog({});
