import { readAnchors } from '../ops/audit/checkpoint.ts';
import { readAuditFolder } from '../ops/audit/read-audit-folder.ts';
import { verifyAudit, type AuditReport } from '../ops/audit/verify-audit.ts';

export interface AuditQuestion {
  /** Folder of the log. */
  readonly dir: string;
  /** Checkpoints that were kept elsewhere. */
  readonly anchor?: GivenText;
  /** The key of the chain, when it is not in the folder. */
  readonly key?: GivenText;
}

/** What a file that somebody named says, and how it was named. */
export interface GivenText {
  readonly path: string;
  readonly text: string;
}

export type AuditAnswer =
  | {
      readonly kind: 'report';
      readonly report: AuditReport;
      /** Checkpoints of this log that were kept, and those of others in the same file. */
      readonly anchors: number;
      readonly others: number;
    }
  /** It cannot be asked: why, and what to do. */
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** Reads a log and verifies it. Throws what the file system throws of its folder. */
export function auditVerify({ dir, anchor, key }: AuditQuestion): AuditAnswer {
  const folder = readAuditFolder(dir);
  // What was there and is gone is known to who has an anchor.
  if (folder.files.length === 0 && !(folder.isOpened && anchor !== undefined)) return noLog(dir, folder.isOpened);
  const macKey = key === undefined ? folder.macKey : Buffer.from(key.text.trim());
  if (macKey.length === 0 && folder.files.length > 0) {
    return {
      kind: 'refused',
      message: `\`${dir}\` does not hold the key of the chain`,
      hint: 'name its file with --key',
    };
  }
  const kept = anchor === undefined ? [] : readAnchors(anchor.text);
  if (anchor !== undefined && kept.length === 0) {
    const hint = 'keep the lines of the scheduler’s log that hold `nova.checkpoint`';
    return { kind: 'refused', message: `\`${anchor.path}\` holds no checkpoint`, hint };
  }
  // Logs of several schedulers are collected into one file. Where none is of this log, it is another one than was kept.
  const own = kept.filter(({ log }) => log === folder.log);
  const anchors = own.length > 0 ? own : kept;
  // Who could change the log could change the public key beside it: an anchor brings its own.
  const publicKey = anchors[0]?.key ?? folder.publicKey;
  const trust = { macKey, anchors, ...(publicKey !== undefined && { publicKey }) };
  return {
    kind: 'report',
    report: verifyAudit(folder.files, trust),
    anchors: anchors.length,
    others: kept.length - anchors.length,
  };
}

function noLog(dir: string, isOpened: boolean): AuditAnswer {
  return {
    kind: 'refused',
    message: `there is no audit log in \`${dir}\``,
    hint: isOpened
      ? 'a scheduler has opened one there: no record was written yet, or its files are gone; only --anchor tells which'
      : 'its files are audit-000001.jsonl, or audit-000001.jsonl.gz, and so on',
  };
}
