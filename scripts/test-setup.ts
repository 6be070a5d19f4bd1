import { execFileSync } from 'node:child_process';

/** Tests of the command run the built `dist/`, as users do. */
export default function setup(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
}
