import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './pages';

const root = join(import.meta.dirname, '../..');
for (const [path, text] of Object.entries(generatedPages(root))) {
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}
