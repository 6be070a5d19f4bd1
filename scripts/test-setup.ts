import { execFileSync } from 'node:child_process';

/** Tests of the command run the built `dist/`, as users do. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
