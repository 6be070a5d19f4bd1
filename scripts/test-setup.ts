import { execFileSync, spawnSync } from 'node:child_process';
import type { SpawnSyncOptions } from 'node:child_process';

/** Programs that tests call, and the Debian package each comes in. */
const NEEDED: Readonly<Record<string, string>> = { git: 'git', promtool: 'prometheus' };

/** Runs once before all tests: finds or installs what they need, and builds `dist/`, which tests of the command run. */
export function setup(): void {
  const missing = Object.keys(NEEDED).filter((program) => !found(program));
  if (missing.length > 0) install(missing);
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function found(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Only root on a Debian machine may install; everyone else is told what to do. */
function install(programs: readonly string[]): void {
  const packages = programs.map((program) => NEEDED[program] ?? program);
  if (process.getuid?.() === 0 && found('apt-get')) {
    console.error(`Tests need ${programs.join(', ')}: installing ${packages.join(', ')}`);
    const quiet: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  const still = programs.filter((program) => !found(program));
  if (still.length > 0)
    throw new Error(`Tests need ${still.join(', ')}. Install ${packages.join(', ')} and run them again.`);
}
