import { compare } from './ratios';

const STORED = { servicesCpuToPostgresCpu: 2, confirmedToRawSql: 0.7, transactionsPer1000: 1_000 };

const regressed = (changed: Partial<typeof STORED>): string[] =>
  compare({ ...STORED, ...changed }, STORED, 0.4).flatMap((each) => (each.regressed ? [each.name] : []));

describe('ratios compared with stored ones', () => {
  it('pass when they are the same, a little worse or much better', () => {
    expect(regressed({})).toEqual([]);
    expect(regressed({ servicesCpuToPostgresCpu: 2.7, confirmedToRawSql: 0.52, transactionsPer1000: 1_390 })).toEqual(
      [],
    );
    expect(regressed({ servicesCpuToPostgresCpu: 0.5, confirmedToRawSql: 3, transactionsPer1000: 10 })).toEqual([]);
  });

  it.each([
    ['servicesCpuToPostgresCpu', 2.9],
    ['confirmedToRawSql', 0.48],
    ['transactionsPer1000', 1_450],
  ])('fail when %s is %d', (name, value) => {
    expect(regressed({ [name]: value })).toEqual([name]);
  });

  it('fail when something could not be measured', () => {
    expect(regressed({ confirmedToRawSql: NaN })).toEqual(['confirmedToRawSql']);
    expect(regressed({ confirmedToRawSql: 0 })).toEqual(['confirmedToRawSql']);
  });
});
