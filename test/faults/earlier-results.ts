import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** What is deployed, and how it is built. */
const PRODUCT = ['apps/**/*.ts', 'libs/**/*.ts', 'patches/*', 'package-lock.json', 'rspack.config.js'];
const NOT_DEPLOYED = /spec\.ts$|\.contract\.ts$|\/test\/|^libs\/testing\//;

/** One that ended green, and when. */
export interface EarlierResult {
  readonly result: Result;
  readonly at: Date;
}

/** The history that a run keeps of each scenario, as far as it says how the scenario ended. */
type History = Omit<Result, 'scenario'> & { readonly id: string; readonly at: string };

/**
 * The result of a scenario that was kept in `directory`, if it was green, had this seed, and nothing that is deployed was changed
 * since (by the times of the files under `root`).
 */
export function earlierResult(
  scenario: Scenario,
  { root, directory, seed }: { readonly root: string; readonly directory: string; readonly seed: number },
): EarlierResult | undefined {
  const file = join(directory, `${scenario.id}.json`);
  if (!existsSync(file)) return undefined;
  const { seconds, restSeconds, recoverySeconds, stallMs, accepted, mails, mailCopies, findings, firings, ...kept } =
    JSON.parse(readFileSync(file, 'utf8')) as History;
  const at = new Date(kept.at);
  if (kept.seed !== seed || findings.length > 0 || lastChange(root) > at.getTime() - seconds * 1_000) return undefined;
  const figures = { seconds, restSeconds, recoverySeconds, stallMs, accepted, mails, mailCopies, findings, firings };
  return { result: { scenario, seed, ...figures }, at };
}

/** Milliseconds since 1970. */
function lastChange(root: string): number {
  const deployed = globSync(PRODUCT, { cwd: root }).filter((path) => !NOT_DEPLOYED.test(path));
  return Math.max(...deployed.map((path) => statSync(join(root, path)).mtimeMs));
}
