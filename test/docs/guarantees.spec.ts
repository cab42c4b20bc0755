import { linksOf, read, resolveTarget, tableRows } from '../../tools/docs/read-markdown';
import { testTitles } from './source';

const FILE = 'docs/guarantees.md';
const PAGE = read(FILE);
const TEST_FILE = /\.(?:(?:int-|e2e-)?spec|contract)\.ts$/;
const proofs = linksOf(PAGE)
  .filter(({ target }) => TEST_FILE.test(target))
  .map(({ text, target }) => ({ title: text, path: resolveTarget(FILE, target).path }));

const SCENARIO_FILE = /test\/faults\/scenarios\/.+\.ts$/;
const scenarios = linksOf(PAGE)
  .map(({ text, target }) => ({ id: text, path: resolveTarget(FILE, target).path }))
  .filter(({ path }) => SCENARIO_FILE.test(path));

describe('the page of guarantees', () => {
  it.each(scenarios)('names a scenario of the fault suite: $id', ({ id, path }) => {
    expect(read(path)).toContain(`id: '${id}'`);
  });

  it.each(proofs)('names a test that exists: $title', ({ title, path }) => {
    expect(testTitles(read(path))).toContain(title);
  });

  it('shows every line by a test, or says that it is not yet shown', () => {
    const rows = tableRows(PAGE);
    expect(rows.length).toBeGreaterThan(20);
    const bare = rows.filter((row) => {
      const proof = row.at(-1) ?? '';
      return !/not yet shown/.test(proof) && !linksOf(proof).some(({ target }) => TEST_FILE.test(target));
    });
    expect(bare).toEqual([]);
  });
});
