import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { breakingChanges, type OpenApi } from './breaking-changes.ts';

/** What clients were made of: the documents in a revision of the repository. */
export interface Published {
  /** A tag, or the short hash of a commit; undefined while nothing is published. */
  readonly revision: string | undefined;
  /** By path: `openapi/order-service.json`. */
  readonly documents: ReadonlyMap<string, OpenApi>;
}

/**
 * The documents of the last tag, which is the last release. While there is none, those of the oldest commit that has any: clients
 * may have been made of them ever since. Nothing is published where there is no history, as in an archive of the sources.
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
  const added = async (): Promise<string | undefined> =>
    (await git('log', '--reverse', '--diff-filter=A', '--format=%h', '--', 'openapi/*.json'))?.split('\n')[0];
  const revision = (await git('describe', '--tags', '--abbrev=0')) ?? (await added());
  const listed = revision && (await git('ls-tree', '-r', '--name-only', revision, 'openapi/'));
  const documents = new Map<string, OpenApi>();
  for (const file of listed?.split('\n') ?? []) {
    const text = await git('show', `${revision}:${file}`);
    if (file.endsWith('.json') && text !== undefined) documents.set(file, JSON.parse(text) as OpenApi);
  }
  return { revision: documents.size === 0 ? undefined : revision, documents };
}

/** How the documents of a working copy differ from those that are published. */
export interface Comparison {
  readonly revision: string | undefined;
  /** Sentences, each with the document it is about; those that are accepted are left out. */
  readonly breaks: readonly string[];
  /** What is accepted although it is not there (any more). */
  readonly outdated: readonly string[];
}

/** @param accepted the breaks that are meant, each with its reason: they stand there until the next release */
export async function compareWithPublished(
  root: string,
  accepted: Readonly<Record<string, string>>,
): Promise<Comparison> {
  const { revision, documents } = await publishedDocuments(root);
  const files = globSync('openapi/*.json', { cwd: root });
  const found = [...documents].flatMap(([file, published]) => {
    const text = files.includes(file) ? readFileSync(join(root, file), 'utf8') : '{ "paths": {} }';
    return breakingChanges(published, JSON.parse(text) as OpenApi).map((change) => `${file}: ${change}`);
  });
  return {
    revision,
    breaks: found.filter((change) => accepted[change] === undefined),
    outdated: Object.keys(accepted).filter((change) => !found.includes(change)),
  };
}
