import { statementValues } from './statement-values';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('the parameters of a statement', () => {
  it('are arrays in binary form where the statement says of what', () => {
    const [ids, prices] = statementValues('SELECT unnest($1::uuid[]), unnest($2::numeric[])', [[ID], ['1.50']]);
    expect(ids).toBeInstanceOf(Buffer);
    expect((ids as Buffer).toString('hex')).toContain(ID.replaceAll('-', ''));
    expect(prices).toBe('{1.50}');
  });

  it('find their cast by its number, wherever it stands', () => {
    const [first, second] = statementValues('SELECT $2::integer[], $1::text[], $2::integer[]', [['a'], [7]]);
    expect((first as Buffer).toString('latin1')).toContain('a');
    expect((second as Buffer).at(-1)).toBe(7);
  });

  it('are arrays in text form without a cast, and for what is no value of the type', () => {
    expect(statementValues('SELECT $1', [['a', null]])).toEqual(['{a,NULL}']);
    expect(statementValues('SELECT $1::uuid[]', [['abc']])).toEqual(['{abc}']);
  });

  it('are left to pg otherwise', () => {
    const bytes = [Buffer.from('a')];
    const now = new Date();
    expect(statementValues('SELECT $1, $2, $3', [bytes, now, null])).toEqual([bytes, now, null]);
  });
});
