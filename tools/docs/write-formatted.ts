import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Writes a file as the repository formats its own, since it may be stored there. To be run in the repository's root, as npm does. */
export async function writeFormatted(file: string, content: string): Promise<void> {
  writeFileSync(file, await format(content, { ...(await resolveConfig('package.json')), filepath: file }));
}
