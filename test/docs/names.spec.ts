import { codeSpansOf, markdownFiles, read, sourceFiles } from '../../tools/docs/read-markdown';
import { namesIn, withoutComments } from './source';

/**
 * Names that an ADR quotes although nothing in this repository has them: names of the past, which the page says are gone,
 * and names of other programs. Anything else a page quotes has to exist, so renaming it includes the pages.
 */
const GONE_OR_FOREIGN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/adr/0006-caching-settled-orders.md': {
    'ReadThroughCache.invalidate': 'gone: the whole page is replaced by ADR 30',
  },
  'docs/adr/0011-batching-under-load.md': { gatheringTime: 'gone: its rule is superseded by ADR 15' },
  'docs/adr/0018-fewer-allocations.md': { ValidWhen: 'gone: replaced by ADR 37' },
  'docs/adr/0023-binary-arrays.md': { array_in: "PostgreSQL's", uuid_in: "PostgreSQL's" },
  'docs/adr/0024-heap-only-updates.md': { pg_stat_statements: "PostgreSQL's" },
  'docs/adr/0025-monomorphic-rows.md': { parseRow: "pg's" },
  'docs/adr/0028-broken-sessions.md': { pool_mode: "PgBouncer's" },
  'docs/adr/0035-event-pattern.md': { OnEvent: 'gone: the page replaces it', KafkaContext: "Nest's" },
  'docs/adr/0037-request-rules-once.md': { ValidWhen: 'gone: the page replaces it' },
};

/** Pages that tell of the past. */
const HISTORY = ['CHANGELOG.md', 'docs/benchmarks/log.md'];

const files = sourceFiles();
/** This file names what is gone. */
const texts = files.filter((file) => file !== 'test/docs/names.spec.ts').map((file) => withoutComments(read(file)));
const words = new Set(texts.flatMap((text) => text.match(/[A-Za-z_$][\w$]*/g) ?? []));

/** A member has to be named where its class is declared; an object is known by the name of its class. */
function exists(name: string): boolean {
  const [owner = '', ...members] = name.split('.');
  const declaration = new RegExp(`\\bclass ${owner.charAt(0).toUpperCase()}${owner.slice(1)}\\b`);
  const homes = members.length === 0 ? [] : texts.filter((text) => declaration.test(text));
  if (homes.length === 0) return [owner, ...members].every((word) => words.has(word));
  return members.every((member) => homes.some((text) => new RegExp(`\\b${member}\\b`).test(text)));
}

describe('the decisions', () => {
  const pages = markdownFiles().filter((file) => file.startsWith('docs/adr/'));

  it.each(pages)('quote names that exist, or that are listed here as gone or foreign: %s', (page) => {
    const missing = [...new Set(codeSpansOf(read(page)).flatMap(namesIn))].filter((name) => !exists(name));
    expect(missing.toSorted()).toEqual(Object.keys(GONE_OR_FOREIGN[page] ?? {}).toSorted());
  });
});

describe('the Markdown files', () => {
  const pages = markdownFiles().filter((file) => !HISTORY.includes(file));

  it.each(pages)('quote source files that exist: %s', (page) => {
    const quoted = codeSpansOf(read(page)).filter((code) => /^[\w./-]+\.(?:[cm]?[jt]s|sh)$/.test(code));
    const missing = quoted.filter(
      (path) => !files.some((file) => `/${file}`.endsWith(`/${path.replace(/^\.+\//, '')}`)),
    );
    expect(missing).toEqual([]);
  });

  it.each(pages)('quote folders that exist: %s', (page) => {
    const quoted = codeSpansOf(read(page)).filter((code) =>
      /^(?:apps|bench|deploy|docs|libs|test|tools)\/[\w/-]*$/.test(code),
    );
    const missing = quoted.filter((path) => !files.some((file) => file.startsWith(path)));
    expect(missing).toEqual([]);
  });
});
