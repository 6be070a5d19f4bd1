import { execFileSync } from 'node:child_process';
import { compileTree } from '../../incremental/compile-tree.ts';
import { VERSION } from '../../core/version.ts';
import { counted } from '../../diagnostics/print-text.ts';
import type { Host } from '../host.ts';
import { checkRepository } from '../check-repository.ts';
import { stateFolderOf } from '../state-folder.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do; nothing when all is well. */
  readonly todo?: string;
}

/** Oldest Node.js that runs the command. */
const NODE_LEAST = [20, 19] as const;

/** Looks at everything the command needs. `root` is nothing outside a repository. */
export async function examine(root: string | undefined, host: Host, node: string): Promise<Finding[]> {
  const here = [{ what: 'nova-torch', state: 'ok' as const, found: VERSION }, nodeVersion(node), gitVersion()];
  if (root === undefined) {
    const todo = 'go to a repository, or make one with `nova-torch init`';
    return [...here, { what: 'repository', state: 'fail', found: 'no spec here or above', todo }];
  }
  const repository: Finding = { what: 'repository', state: 'ok', found: root };
  const spec = specState(root, host.today());
  return [...here, repository, spec, ...(spec.state === 'fail' ? [] : [await generatedState(root, host)])];
}

function nodeVersion(node: string): Finding {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const old = major < NODE_LEAST[0] || (major === NODE_LEAST[0] && minor < NODE_LEAST[1]);
  const wanted = `install Node.js ${NODE_LEAST.join('.')} or newer`;
  return { what: 'node', state: old ? 'fail' : 'ok', found: node, ...(old && { todo: wanted }) };
}

function gitVersion(): Finding {
  try {
    const found = execFileSync('git', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return { what: 'git', state: 'ok', found: found.trim().replace('git version ', '') };
  } catch {
    return { what: 'git', state: 'warn', found: 'not found', todo: 'install Git: `nova-torch diff --base` needs it' };
  }
}

function specState(root: string, today: string): Finding {
  const { diagnostics, model } = checkRepository(root, today);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  if (errors > 0)
    return { what: 'spec', state: 'fail', found: counted(errors, 'error'), todo: 'run `nova-torch check`' };
  if (warnings > 0)
    return { what: 'spec', state: 'warn', found: counted(warnings, 'warning'), todo: 'run `nova-torch check`' };
  const { fleets } = sure(model.environments[0], 'an environment of a sound spec');
  const found = `${counted(fleets.size, 'fleet')} in ${counted(model.environments.length, 'environment')}`;
  return { what: 'spec', state: 'ok', found };
}

async function generatedState(root: string, host: Host): Promise<Finding> {
  const stateFolder = stateFolderOf(host.env);
  const stages = async () => (await import('../../stages.ts')).stages;
  const { diagnostics } = await compileTree({
    root,
    ...(stateFolder !== undefined && { stateFolder }),
    today: host.today(),
    stages,
    mode: 'compare',
  });
  const strange = diagnostics.filter(({ code }) => code === 'NT6003' || code === 'NT6007').length;
  if (strange > 0)
    return {
      what: 'generated',
      state: 'fail',
      found: `${counted(strange, 'place')} not of files and folders`,
      todo: 'run `nova-torch compile` and read what it says',
    };
  const edited = diagnostics.filter(({ code }) => code === 'NT6001').length;
  const stale = diagnostics.filter(({ severity }) => severity === 'error').length - edited;
  if (edited > 0)
    return {
      what: 'generated',
      state: 'fail',
      found: `${counted(edited, 'file')} edited by hand`,
      todo: 'run `nova-torch compile` and read what it says',
    };
  if (stale > 0)
    return {
      what: 'generated',
      state: 'warn',
      found: `${counted(stale, 'file')} out of date`,
      todo: 'run `nova-torch compile`',
    };
  return { what: 'generated', state: 'ok', found: 'up to date' };
}
