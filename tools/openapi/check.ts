import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import accepted from './accepted-breaks.json' with { type: 'json' };
import { generateClients } from './client.ts';
import { compareWithPublished } from './published.ts';

/*
 * `npm run openapi`: the documents in openapi/ are good ones (redocly), break nobody who uses those of the last release, and
 * clients made of them compile. Their being up to date is tested by documents.spec.ts.
 */
const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const files = globSync('openapi/*.json', { cwd: root }).toSorted();

const checks: Readonly<Record<string, () => Promise<string>>> = {
  'redocly lint': () => program('redocly', 'lint', ...files),
  'breaking changes': expectNoBreak,
  'clients of @hey-api/openapi-ts, compiled': async () => {
    await generateClients(root, join(root, '.local/openapi'));
    return program('tsc', '-p', 'test/client/tsconfig.json');
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    process.stdout.write(`✓ ${name} ${await check()}\n`);
  } catch (error) {
    process.exitCode = 1;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    process.stderr.write(`✕ ${name}\n${stdout}${stderr}${stdout + stderr === '' ? String(error) : ''}\n`);
  }
}

async function program(name: string, ...options: readonly string[]): Promise<string> {
  const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  await run(join(root, 'node_modules/.bin', name), options, { cwd: root, env: { ...process.env, ...quiet } });
  return '';
}

async function expectNoBreak(): Promise<string> {
  const { revision, breaks, outdated } = await compareWithPublished(root, accepted);
  if (breaks.length > 0) {
    const how =
      'Keep what is there and add the new beside it. A break that is meant goes into tools/openapi/accepted-breaks.json';
    throw new Error(`Clients made of ${revision} would break:\n${breaks.join('\n')}\n${how}, with its reason.`);
  }
  if (outdated.length > 0) throw new Error(`tools/openapi/accepted-breaks.json is outdated:\n${outdated.join('\n')}`);
  return revision === undefined ? '(nothing is published: no history, or none with documents)' : `(since ${revision})`;
}
