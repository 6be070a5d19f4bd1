import { ms } from './amounts.ts';

/** A field of a secret, its lease in milliseconds. */
export function secretRef<T extends { readonly lease?: string }>({
  lease,
  ...written
}: T): Omit<T, 'lease'> & { readonly leaseMs?: number } {
  return lease === undefined ? written : { ...written, leaseMs: ms(lease) };
}
