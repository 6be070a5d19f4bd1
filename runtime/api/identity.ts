/** What somebody may do. `agent` comes with the fleet whose tasks it runs, `submitter` with the tenant whose tasks they are. */
export const ROLES = ['submitter', 'agent', 'operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls, as an authenticator has proved it; nothing of it comes from the request's body or path. */
export interface Identity {
  /** For the audit log and rate limits. */
  readonly subject: string;
  readonly roles: ReadonlySet<Role>;
  /** Whose tasks it submits and sees; every tenant's for operators and auditors. */
  readonly tenant?: string;
  /** Instead of it, of who is in several teams: which one is meant comes with the request. Two at least. */
  readonly teams?: readonly string[];
  /** The fleet whose agent it is; absent for one that may be any fleet's (development only). */
  readonly fleet?: string;
  /** It may be whoever it says: the token of a machine of one's own. */
  readonly isDeveloper?: true;
}

/** What a request brings to prove who calls. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly forwardedClientCert: string | undefined;
  readonly peer: string;
}

/**
 * One way to prove who calls. `undefined`: not meant for me, ask the next. A refusal ends it: nobody else is asked.
 */
export interface Authenticator {
  readonly name: string;
  authenticate(credentials: Credentials): Promise<Identity | 'refused' | 'unavailable' | undefined>;
}

/** The first that recognises the credentials decides. */
export async function whoCalls(
  authenticators: readonly Authenticator[],
  credentials: Credentials,
): Promise<Identity | 'refused' | 'unavailable'> {
  for (const authenticator of authenticators) {
    const answer = await authenticator.authenticate(credentials);
    if (answer !== undefined) return answer;
  }
  return 'refused';
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf({ authorization }: Credentials): string | undefined {
  const match = /^bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(authorization ?? '');
  return match?.[1];
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;

export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address) || address === 'localhost';
}
