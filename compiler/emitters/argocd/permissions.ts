import { peopleOf } from '../../core/people.ts';
import type { EnvironmentModel, TeamModel } from '../../core/model.ts';
import { trace } from '../../core/trace.ts';
import type { Role } from './types.ts';

/** What each role may do with the project's applications. */
const ALLOWED = {
  viewer: ['applications, get', 'logs, get'],
  operator: [
    'applications, get',
    'applications, sync',
    ...['Deployment', 'StatefulSet'].map((kind) => `applications, action/apps/${kind}/restart`),
    ...['abort', 'promote-full', 'restart', 'resume', 'retry'].map(
      (action) => `applications, action/argoproj.io/Rollout/${action}`,
    ),
  ],
  auditor: ['applications, get'],
} as const;

/**
 * Denied, whatever else somebody is allowed: a denial wins. What runs is what the repository says (no other revision, no files
 * of one's own), applications come and go through it, and nobody gets a shell.
 */
const DENIED = [
  'applications, create',
  'applications, delete',
  'applications, override',
  'applications, update',
  'exec, create',
];

const ABOUT = {
  viewer: 'Sees the fleets and what they log',
  operator: 'Applies what the repository says, restarts agents, moves a release on or takes it back',
  auditor: 'Sees what is deployed',
} as const;

/** Roles of a team's people in its project. */
export function projectRoles(project: string, team: TeamModel, { facts }: EnvironmentModel): readonly Role[] {
  const { viewers, operators, auditors } = peopleOf(team.facts, facts);
  const role = (name: keyof typeof ALLOWED, groups: readonly string[]): Role => ({
    name,
    description: ABOUT[name],
    groups: groups.map((group) => trace(group, team.from([group.startsWith('oncall:') ? 'oncall' : 'owners']))),
    policies: [
      ...ALLOWED[name].map((what) => `p, proj:${project}:${name}, ${what}, ${project}/*, allow`),
      ...DENIED.map((what) => `p, proj:${project}:${name}, ${what}, ${project}/*, deny`),
    ],
  });
  return [role('viewer', viewers), role('operator', operators), role('auditor', auditors)];
}
