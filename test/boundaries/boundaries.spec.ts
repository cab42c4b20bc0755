import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(import.meta.dirname, 'fixtures');
const { forbidden, options } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
  forbidden: (IForbiddenRuleType & { name: string; comment: string })[];
  options: object;
};

/** Names of the rules that a tree breaks. A fixture is a little monorepo of its own, with `apps` and `libs`. */
async function brokenRules(tree: string): Promise<string[]> {
  const baseDir = join(fixtures, tree);
  const result = await cruise(readdirSync(baseDir), { ...options, baseDir, validate: true, ruleSet: { forbidden } });
  const { violations, totalCruised } = (result.output as ICruiseResult).summary;
  expect(totalCruised).toBeGreaterThan(0);
  return [...new Set(violations.map(({ rule }) => rule.name))];
}

describe('the direction of dependencies', () => {
  it('allows what the design wants', async () => {
    expect(await brokenRules('allowed')).toEqual([]);
  });

  it.each(forbidden)('is held by $name', async ({ name }) => {
    expect(await brokenRules(name)).toEqual([name]);
  });

  it('gives a reason for every rule', () => {
    expect(forbidden.filter(({ comment }) => comment.length < 20)).toEqual([]);
  });

  it('has no fixture without its rule', () => {
    const names = forbidden.map(({ name }) => name);
    expect(new Set(readdirSync(fixtures))).toEqual(new Set(['allowed', ...names]));
  });
});
