import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { page } from './page.ts';
import { plotsOf } from './plots.ts';
import type { BenchResult } from './result.ts';

/** The figures, for programs. */
export async function storeResult(result: BenchResult, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await write(join(directory, 'result.json'), JSON.stringify(result));
}

/** The figures, the plots, and the page with both. */
export async function storeDocuments(result: BenchResult, directory: string): Promise<void> {
  await storeResult(result, directory);
  const plots = plotsOf(result);
  for (const { name, svg } of plots) writeFileSync(join(directory, `${name}.svg`), svg);
  await write(join(directory, 'README.md'), page(result, plots));
}

/** Formatted as the repository is, where it may be stored. */
async function write(file: string, content: string): Promise<void> {
  writeFileSync(file, await format(content, { ...(await resolveConfig('package.json')), filepath: file }));
}
