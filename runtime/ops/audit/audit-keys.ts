import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditDamaged, auditFileNames } from './audit-files.ts';
import { signer, type Signer } from './checkpoint.ts';

export const KEY_FILES = { mac: 'audit.key', signing: 'audit.pem', public: 'audit.pub', log: 'audit.id' } as const;

export interface AuditKeys {
  readonly mac: Uint8Array;
  readonly signer: Signer;
  /** The log's own name: anchors of another log say nothing about this one. */
  readonly log: string;
}

/**
 * The keys that are given; those that are not are in the folder, and are made with the log. Keys beside the log protect it from
 * who can write a line and not read a file; anchors protect it from everyone else.
 */
export async function auditKeys(
  dir: string,
  given: { readonly mac?: string; readonly signing?: string },
): Promise<AuditKeys> {
  const isNew = (await auditFileNames(dir)).length === 0;
  const kept = async (name: string, make: () => string): Promise<string> => {
    const path = join(dir, name);
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (!isNew) throw new AuditDamaged(`${name}: it is gone, and there are records that need it`);
      const made = make();
      await writeWhole(path, `${made}\n`, 0o600);
      return made;
    }
  };
  const mac = given.mac ?? (await kept(KEY_FILES.mac, () => randomBytes(32).toString('hex')));
  const signing = given.signing ?? (await kept(KEY_FILES.signing, newSigningKey));
  const own = signerOf(signing);
  const told = join(dir, KEY_FILES.public);
  const text = `${own.publicKey}\n`;
  // A full disk has no room for what is there already.
  if ((await readFile(told, 'utf8').catch(() => '')) !== text) await writeWhole(told, text, 0o644);
  return { mac: Buffer.from(mac), signer: own, log: await kept(KEY_FILES.log, randomUUID) };
}

/** Whole or not at all: half of a key would be taken for one. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.new`;
  try {
    await writeFile(draft, text, { mode, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function signerOf(pem: string): Signer {
  try {
    return signer(pem);
  } catch {
    // What the library says may quote the key.
    throw new AuditDamaged('the key that signs checkpoints must be a private Ed25519 key as PEM');
  }
}

function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim();
}
