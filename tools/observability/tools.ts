import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What of Prometheus and Alertmanager is used by tests. */
export type Tool = 'prometheus' | 'promtool' | 'amtool';

/** Where tools/observability/install.sh puts what it fetches. */
const INSTALLED = join(import.meta.dirname, '../../.local/prometheus/usr/bin');

/** How to get the tools, for whoever has not. */
export const HOW_TO_INSTALL =
  'tools/observability/install.sh fetches Prometheus and Alertmanager on Debian and Ubuntu; elsewhere put prometheus, promtool and amtool on the PATH';

/** The path of a program, or undefined when it is not installed. */
export function findTool(name: Tool): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), INSTALLED];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** Whether a test that needs a tool may be left out: by a person who has not installed it, never in CI. */
export function mayBeMissing(): boolean {
  return ['', undefined].includes(process.env['CI']);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
