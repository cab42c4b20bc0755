import { PLATFORM_PROBLEMS } from '@app/platform';
import { Logger } from '@nestjs/common';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentDocuments, describedServices } from './documents';

const ROOT = join(import.meta.dirname, '../..');
const NAMES = ['order-service', 'payment-service', 'inventory-service', 'notification-service'];
const PRODUCT = '{apps,libs}/*/src/**/*.ts';
const CODE = /\bcode(?:: | = )((?:'[A-Z_]+\.[A-Z_]+'(?: \| )?)+)/g;

let documents: Awaited<ReturnType<typeof currentDocuments>>;
beforeAll(async () => {
  // TypeORM's module warns of several databases in one process; nothing connects to any here.
  Logger.overrideLogger(false);
  documents = await currentDocuments(ROOT);
}, 60_000);

describe('the OpenAPI documents in the repository', () => {
  it.each(NAMES)('say what %s serves; npm run docs writes them', (service) => {
    const committed: unknown = JSON.parse(readFileSync(join(ROOT, `openapi/${service}.json`), 'utf8'));
    expect(JSON.parse(JSON.stringify(documents.get(service)))).toEqual(committed);
  });

  it('are of every service', () => {
    expect(
      globSync('apps/*', { cwd: ROOT })
        .map((path) => path.slice('apps/'.length))
        .toSorted(),
    ).toEqual(NAMES.toSorted());
    expect([...documents.keys()]).toEqual(NAMES);
  });
});

/** Codes as they stand in the source, with the folder (`apps/order-service`) and the kind beside them. */
function codesInSource(): { owner: string; code: string; kind: string | undefined }[] {
  const files = globSync(PRODUCT, { cwd: ROOT }).filter(
    (path) => !/spec\.ts$|problem-catalogue|problems\.ts$/.test(path),
  );
  return files.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return [...text.matchAll(CODE)].flatMap(([all, codes = ''], _index) => {
      const after = text.slice(text.indexOf(all), text.indexOf(all) + all.length + 60);
      const [, kind] = /\bkind(?:: | = )'(\w+)'/.exec(after) ?? [];
      const owner = path.split('/').slice(0, 2).join('/');
      return [...codes.matchAll(/'([^']+)'/g)].map(([, code = '']) => ({ owner, code, kind }));
    });
  });
}

const STATUS: Readonly<Record<string, number>> = {
  ...{
    invalid: 400,
    unauthenticated: 401,
    forbidden: 403,
    not_found: 404,
    conflict: 409,
    unprocessable: 422,
    internal: 500,
    unavailable: 503,
  },
};

describe('the catalogue of problems', () => {
  const found = codesInSource();

  it('is looked up in source that has codes', () => expect(found.length).toBeGreaterThan(50));

  it.each(describedServices().map((service) => [service.name, service.problems ?? {}] as const))(
    'of %s explains every code that it can answer with, and no other',
    (name, problems) => {
      const own = found.filter(({ owner }) => owner === `apps/${name}` || owner.startsWith('libs/'));
      const codes = new Set([...own.map(({ code }) => code), 'INTERNAL']);
      expect(Object.keys({ ...PLATFORM_PROBLEMS, ...problems }).toSorted()).toEqual([...codes].toSorted());
    },
  );

  it('names the status that a code comes with', () => {
    const explained = Object.assign(
      {},
      PLATFORM_PROBLEMS,
      ...describedServices().map(({ problems }) => problems ?? {}),
    ) as typeof PLATFORM_PROBLEMS;
    const wrong = found.filter(({ code, kind }) => kind !== undefined && STATUS[kind] !== explained[code]?.status);
    expect(wrong).toEqual([]);
    expect(found.filter(({ kind }) => kind !== undefined).length).toBeGreaterThan(35);
  });

  it('speaks in sentences', () => {
    const all = describedServices().flatMap(({ problems = {} }) =>
      Object.entries({ ...PLATFORM_PROBLEMS, ...problems }),
    );
    for (const [code, { title, meaning, remedy }] of all) {
      expect([code, title]).toEqual([code, expect.stringMatching(/^[A-Z].*[^.]$/)]);
      expect([code, meaning]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect([code, remedy]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/)]);
    }
  });
});
