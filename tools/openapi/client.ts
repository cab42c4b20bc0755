import { createClient } from '@hey-api/openapi-ts';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Makes a TypeScript client of each document in `openapi/` below `root` with `@hey-api/openapi-ts`, as
 * `<folder>/<service>/index.ts`. What was there is replaced. Node runs it as it is.
 */
export async function generateClients(root: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // Above the folder there may be a package.json that says otherwise, or none.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const file of globSync('openapi/*.json', { cwd: root })) {
    await createClient({
      input: join(root, file),
      output: { path: join(folder, basename(file, '.json')), module: { extension: '.ts' } },
      plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
      logs: { level: 'silent', file: false },
    });
  }
}
