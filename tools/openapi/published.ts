import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { OpenApi } from './breaking-changes.ts';

/** What clients were made of: the documents in a revision of the repository. Without one there was nothing yet. */
export interface Published {
  readonly revision: string | undefined;
  readonly documents: ReadonlyMap<string, OpenApi>;
}

/**
 * The documents of the last tag, which is the last release. While there is none, those of the last commit: a break is seen before
 * it is committed, and then taken as meant. Without a history, as in an archive of the sources, there are none.
 */
export async function publishedDocuments(root: string): Promise<Published> {
  const git = async (...options: readonly string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await promisify(execFile)('git', options, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
      return stdout.trim();
    } catch {
      return undefined;
    }
  };
  const revision = (await git('describe', '--tags', '--abbrev=0')) ?? (await git('rev-parse', '--short', 'HEAD'));
  const listed = revision && (await git('ls-tree', '-r', '--name-only', revision, 'openapi/'));
  const documents = new Map<string, OpenApi>();
  for (const file of listed?.split('\n') ?? []) {
    const text = await git('show', `${revision}:${file}`);
    if (file.endsWith('.json') && text !== undefined) documents.set(file, JSON.parse(text) as OpenApi);
  }
  return { revision: documents.size === 0 ? undefined : revision, documents };
}
