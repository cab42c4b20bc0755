import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFormatted } from '../tools/docs/write-formatted.ts';
import { page } from './page.ts';
import { plotsOf } from './plots.ts';
import type { BenchResult } from './result.ts';

/** The figures, for programs. */
export async function storeResult(result: BenchResult, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await writeFormatted(join(directory, 'result.json'), JSON.stringify(result));
}

/** The figures, the plots, and the page with both. */
export async function storeDocuments(result: BenchResult, directory: string): Promise<void> {
  await storeResult(result, directory);
  const plots = plotsOf(result);
  for (const { name, svg } of plots) writeFileSync(join(directory, `${name}.svg`), svg);
  await writeFormatted(join(directory, 'README.md'), page(result, plots));
}
