import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the built command needs besides its code, at the same place below `dist/`. */
const ASSETS = ['spec/contract/generated/nova-torch.schema.json'];

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const path of ASSETS) {
  mkdirSync(dirname(join('dist', path)), { recursive: true });
  copyFileSync(path, join('dist', path));
}
chmodSync('dist/compiler/cli/main.js', 0o755);
