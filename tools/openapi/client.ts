import { createClient } from '@hey-api/openapi-ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a TypeScript client of each document with `@hey-api/openapi-ts`, as `<folder>/<service>/index.ts`. What was there is
 * replaced. Node runs it as it is.
 */
export async function generateClients(documents: Readonly<Record<string, string>>, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // Above the folder there may be a package.json that says otherwise.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const [service, input] of Object.entries(documents)) {
    await createClient({
      input,
      output: { path: join(folder, service), module: { extension: '.ts' } },
      plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
      logs: { level: 'silent', file: false },
    });
  }
}
