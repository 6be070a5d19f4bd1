import { hash } from 'node:crypto';

/**
 * The id of a task, from who submits it, the idempotency key and the fleet that is its home: the same on every scheduler, so
 * that a repeated submission meets the first one. It names its tenant and its home, so that neither needs a lookup.
 *
 * `<8 of the tenant>.<8 of the home>.<20 of tenant and key>`, in base64url, with `.` between; 38 characters.
 */
const TENANT = 8;
const HOME = 8;
const KEY = 20;
const ID = /^[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{20}$/;

export function taskId(tenant: string, key: string, home: string): string {
  return `${tenantMark(tenant)}.${homeMark(home)}.${digest(`key\n${tenant}\n${key}`, KEY)}`;
}

export function isTaskId(text: string): boolean {
  return ID.test(text);
}

/** Whether a task belongs to a tenant. */
export function isOf(id: string, tenant: string): boolean {
  return id.startsWith(`${tenantMark(tenant)}.`);
}

/** What a task's id says of the fleet that took it first; compare with `homeMark`. */
export function homeOf(id: string): string {
  return id.slice(TENANT + 1, TENANT + 1 + HOME);
}

export function homeMark(fleet: string): string {
  return remembered(homes, fleet, (text) => digest(`home\n${text}`, HOME));
}

function tenantMark(tenant: string): string {
  return remembered(tenants, tenant, (text) => digest(`tenant\n${text}`, TENANT));
}

function digest(text: string, length: number): string {
  return hash('sha256', text, 'base64url').slice(0, length);
}

/** Fleets and tenants are few, and every task names one of each. */
const REMEMBERED_MAX = 4096;
const homes = new Map<string, string>();
const tenants = new Map<string, string>();

function remembered(marks: Map<string, string>, text: string, make: (text: string) => string): string {
  const known = marks.get(text);
  if (known !== undefined) return known;
  if (marks.size >= REMEMBERED_MAX) marks.clear();
  const made = make(text);
  marks.set(text, made);
  return made;
}
