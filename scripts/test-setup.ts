import { execFileSync, spawnSync } from 'node:child_process';
import type { SpawnSyncOptions } from 'node:child_process';
import process from 'node:process';
import { STORE_SERVERS } from '../runtime/store/testing/store-server.ts';

interface Need {
  /** Any one of these will do. */
  readonly programs: readonly string[];
  /** Debian's, which brings one of them. */
  readonly package: string;
}

/** What tests call besides Node. */
const NEEDS: readonly Need[] = [
  { programs: ['git'], package: 'git' },
  { programs: ['promtool'], package: 'prometheus' },
  { programs: STORE_SERVERS, package: 'redis-server' },
];

/** Runs once before all tests: finds or installs what they need, and builds `dist/`, which tests of the command run. */
export function setup(): void {
  const missing = NEEDS.filter((need) => !met(need));
  if (missing.length > 0) install(missing);
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function met({ programs, package: name }: Need): boolean {
  if (name === 'redis-server' && process.env['NOVA_TORCH_STORE_URL'] !== undefined) return true;
  return programs.some(found);
}

function found(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Only root on a Debian machine may install; everyone else is told what to do. */
function install(needs: readonly Need[]): void {
  const packages = needs.map((need) => need.package);
  if (process.getuid?.() === 0 && found('apt-get')) {
    console.error(`Tests need ${named(needs)}: installing ${packages.join(', ')}`);
    const quiet: SpawnSyncOptions = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  const still = needs.filter((need) => !met(need));
  if (still.length > 0) {
    const names = still.map((need) => need.package).join(', ');
    throw new Error(`Tests need ${named(still)}. Install ${names} (Debian's names) and run them again.`);
  }
}

function named(needs: readonly Need[]): string {
  return needs.map(({ programs }) => programs.join(' or ')).join(', ');
}
