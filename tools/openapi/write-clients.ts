import { join, resolve } from 'node:path';
import { generateClients } from './client.ts';

/** `npm run openapi:clients [-- FOLDER]`: TypeScript clients of all services, below `.local/openapi` unless told otherwise. */
const root = join(import.meta.dirname, '../..');
const folder = resolve(process.argv[2] ?? join(root, '.local/openapi'));
await generateClients(root, folder);
process.stdout.write(`wrote ${folder}\n`);
