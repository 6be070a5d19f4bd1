/**
 * In which order the root application applies Argo CD's own objects. Lower ones first; the next begins when Argo CD finds what
 * came before healthy, which for an application means all that it applies (`health-scripts.ts`).
 */
export const steps = { projects: -3, platform: -2, guards: -1, teams: 0 } as const;
