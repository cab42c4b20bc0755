import { paths } from './paths.ts';
import { processTree, signalAll } from './process-tree.ts';
import { ownerOf, runningProcess } from './run-record.ts';
import { readState } from './run-state.ts';

/** The components of the native system of this working copy, and none when it does not run. */
export function runningComponents(): readonly string[] {
  return ownerOf(paths.run) === undefined ? [] : (readState()?.components ?? []).map(({ name }) => name);
}

/**
 * Sends the signal to all processes of a component: PostgreSQL is many. Only those that its supervisor started are reached.
 * @throws Error when there is no such component, or it is not running just now
 */
export function signalComponent(name: string, signal: NodeJS.Signals): void {
  const components = runningComponents();
  if (components.length === 0) throw new Error('no native system is running');
  if (!components.includes(name))
    throw new Error(`unknown component ${name}; expected one of ${components.join(', ')}`);
  const pid = runningProcess(paths.run, name);
  if (pid === undefined) throw new Error(`${name} is not running just now; its log is .local/logs/${name}.log`);
  signalAll(processTree(pid), signal);
}
