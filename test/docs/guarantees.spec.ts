import { anchorsOf, linksOf, read, resolveTarget, sectionOf, sectionsOf } from '../../tools/docs/read-markdown';
import { labelledParts, testTitles } from './source';

const FILE = 'docs/guarantees.md';
const PAGE = read(FILE);
const NOT_PROMISED = '## What is not promised';
const TEST_FILE = /\.(?:(?:int-|e2e-)?spec|contract)\.ts$/;
const SCENARIO_FILE = /^test\/faults\/scenarios\/.+\.ts$/;

/** What may stand in “Faults” besides scenarios: the checks that each of them makes, and attacks with bad input. */
const OTHER_FAULTS = ['test/faults/checks/all.ts', 'docs/fuzzing.md'];

const limits = sectionsOf(sectionOf(PAGE, NOT_PROMISED), 3);
const promises = sectionsOf(PAGE.slice(0, PAGE.indexOf(`\n${NOT_PROMISED}\n`)), 3);
const sections = [...promises, ...limits].map(({ heading, text }) => ({ heading, parts: labelledParts(text) }));

/** The links of a part of a section, with the paths of their targets from the root. */
function linked(part: string | undefined): { readonly text: string; readonly path: string }[] {
  return linksOf(part ?? '').map(({ text, target }) => ({ text, path: resolveTarget(FILE, target).path }));
}

/** Scenarios are named in “Faults”, and by a limit in its reason. */
const scenarios = linked(PAGE).filter(({ path }) => SCENARIO_FILE.test(path));
const proofs = linked(PAGE).filter(({ path }) => TEST_FILE.test(path));

describe('the page of guarantees', () => {
  it('gives each promise a promise, faults, tests and limits, and each limit a reason and tests', () => {
    expect(promises.length).toBeGreaterThan(50);
    expect(limits.length).toBeGreaterThan(10);
    const labels = sections.map(({ heading, parts }) => [heading, [...parts.keys()].join(', ')]);
    const wrong = labels.filter(([, found = ''], index) =>
      index < promises.length
        ? found !== 'Promise, Faults, Tests, Limits'
        : !['Why, Tests', 'Why, What to do, Tests'].includes(found),
    );
    expect(wrong).toEqual([]);
  });

  it('leaves no part empty, and has no two headings alike', () => {
    const empty = sections.filter(({ parts }) => [...parts.values()].includes(''));
    expect(empty.map(({ heading }) => heading)).toEqual([]);
    const anchors = anchorsOf(PAGE);
    expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toEqual([]);
  });

  it('breaks every promise on purpose by scenarios of the fault suite, or says that none does', () => {
    const wrong = sections.slice(0, promises.length).filter(({ parts }) => {
      const faults = linked(parts.get('Faults'));
      if (faults.length === 0) return parts.get('Faults') !== 'none.';
      return !faults.every(({ path }) => SCENARIO_FILE.test(path) || OTHER_FAULTS.includes(path));
    });
    expect(wrong.map(({ heading }) => heading)).toEqual([]);
  });

  it('shows every promise and every limit by tests, or says that it is not yet shown', () => {
    const bare = sections.filter(({ parts }) => {
      const tests = parts.get('Tests') ?? '';
      const found = linked(tests);
      return !(found.length > 0 || /not yet shown/i.test(tests)) || !found.every(({ path }) => TEST_FILE.test(path));
    });
    expect(bare.map(({ heading }) => heading)).toEqual([]);
  });

  it('names a test on each line of a list of tests', () => {
    const lines = sections.flatMap(({ parts }) => (parts.get('Tests') ?? '').split('\n'));
    const items = lines.filter((line) => line.startsWith('- '));
    expect(items.length).toBe(proofs.length);
    expect(items.filter((item) => !/^- \[.+\]\([^()]+\)$/.test(item))).toEqual([]);
  });

  it.each(scenarios)('names a scenario of the fault suite: $text', ({ text, path }) => {
    expect(read(path)).toContain(`id: '${text}'`);
  });

  it.each(proofs)('names a test that exists: $text', ({ text, path }) => {
    expect(testTitles(read(path))).toContain(text);
  });
});
