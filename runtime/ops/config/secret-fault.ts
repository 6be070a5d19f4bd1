import { createPrivateKey } from 'node:crypto';

const MAC_KEY_LENGTH_MIN = 16;

/** What is wrong with a secret that has to be of a certain kind, in words that hold nothing of it. `setting` names its file. */
export function secretFault(setting: string, text: string): string | undefined {
  if (setting === 'audit.macKeyFile' && text.length < MAC_KEY_LENGTH_MIN)
    return `is too short for a key: it has ${MAC_KEY_LENGTH_MIN} characters at least`;
  if (setting === 'audit.signingKeyFile' && !isEd25519(text)) return 'holds no private Ed25519 key as PEM';
  return undefined;
}

function isEd25519(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
