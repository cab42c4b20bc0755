import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { breakingChanges, type OpenApi } from './breaking-changes.ts';
import { generateClients } from './client.ts';
import { publishedDocuments } from './published.ts';

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
  const { revision, documents } = await publishedDocuments(root);
  if (revision === undefined) return '(nothing is published yet: no history, or no documents in it)';
  const breaks = [...documents].flatMap(([file, published]) => {
    const current = files.includes(file)
      ? (JSON.parse(readFileSync(join(root, file), 'utf8')) as OpenApi)
      : { paths: {} };
    return breakingChanges(published, current).map((change) => `${file}: ${change}`);
  });
  if (breaks.length > 0) throw new Error(`Clients made of ${revision} would break:\n${breaks.join('\n')}`);
  return `(compared with ${revision})`;
}
