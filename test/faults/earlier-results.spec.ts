import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { earlierResult } from './earlier-results';
import type { Scenario } from './scenario';

const scenario = { id: 'S0' } as Scenario;
const END = new Date('2030-01-01T00:10:00Z');
const figures = {
  seed: 7,
  seconds: 60,
  restSeconds: 1,
  recoverySeconds: 0,
  stallMs: 0,
  accepted: 100,
  mails: 300,
  mailCopies: 0,
  findings: [] as unknown[],
};
const green = { id: 'S0', at: END.toISOString(), ...figures, requests: ['many'] };

describe('a result of an earlier run', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'earlier-results-'));
    for (const folder of ['apps/a/src', 'apps/a/test', 'libs/testing/src', 'out'])
      mkdirSync(join(root, folder), { recursive: true });
    changed('apps/a/src/main.ts', '2030-01-01T00:08:59Z');
    keep(green);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const keep = (history: object): void => writeFileSync(join(root, 'out/S0.json'), JSON.stringify(history));
  const changed = (file: string, at: string): void => {
    writeFileSync(join(root, file), '');
    utimesSync(join(root, file), new Date(at), new Date(at));
  };
  const found = (seed = 7) => earlierResult(scenario, { root, directory: join(root, 'out'), seed });

  it('is taken with its figures when it was green and the code is the same', () => {
    expect(found()).toEqual({
      at: END,
      result: { scenario, ...figures },
    });
  });

  it('is not taken when there is none, or with another seed', () => {
    expect(found(8)).toBeUndefined();
    rmSync(join(root, 'out/S0.json'));
    expect(found()).toBeUndefined();
  });

  it('is not taken when something was red', () => {
    keep({ ...green, findings: [{ invariant: 'I1', what: 'lost', count: 1, examples: [] }] });
    expect(found()).toBeUndefined();
  });

  it('is not taken when the product was changed while it ran or later', () => {
    changed('apps/a/src/main.ts', '2030-01-01T00:09:01Z');
    expect(found()).toBeUndefined();
  });

  it.each(['apps/a/src/main.spec.ts', 'apps/a/test/helper.ts', 'libs/testing/src/index.ts'])(
    'is taken although %s was changed',
    (file) => {
      changed(file, '2030-01-01T01:00:00Z');
      expect(found()).toBeDefined();
    },
  );
});
