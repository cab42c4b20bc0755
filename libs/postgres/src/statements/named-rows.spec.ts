import { namedRows, queryRows } from './named-rows';

const fields = (...names: string[]) => names.map((name) => ({ name }));

describe('rows of a result', () => {
  it('are objects with the names of the columns, in their order', () => {
    const rows = namedRows({ fields: fields('id', 'status'), rows: [[1, 'sent'], [2, null]] }); // prettier-ignore
    expect(rows).toStrictEqual([
      { id: 1, status: 'sent' },
      { id: 2, status: null },
    ]);
    expect(Object.keys(rows[0] as object)).toEqual(['id', 'status']);
  });

  it('are told apart by names that only together look alike', () => {
    expect(namedRows({ fields: fields('a","b'), rows: [[1]] })).toStrictEqual([{ 'a","b': 1 }]);
    expect(namedRows({ fields: fields('a', 'b'), rows: [[1, 2]] })).toStrictEqual([{ a: 1, b: 2 }]);
  });

  it.each(['?column?', '"', '\\', '${x}', "'] : 0 }; throw 1; //", 'line\nbreak', '\u2028'])(
    'may have a column named %j',
    (name) => {
      expect(namedRows({ fields: fields(name), rows: [['value']] })).toStrictEqual([{ [name]: 'value' }]);
    },
  );

  it('have a column named __proto__ like any other', () => {
    const [row] = namedRows<object>({ fields: fields('__proto__', 'id'), rows: [[{ admin: true }, 1]] });
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.entries(row as object)).toEqual([
      ['__proto__', { admin: true }],
      ['id', 1],
    ]);
  });

  it('keep the later of two columns of one name', () => {
    expect(namedRows({ fields: fields('id', 'id'), rows: [[1, 2]] })).toStrictEqual([{ id: 2 }]);
  });

  it('are none where there is none, though the columns are known', () => {
    expect(namedRows({ fields: fields('id'), rows: [] })).toEqual([]);
  });

  it('are right for more shapes than are remembered, should somebody write names into a text', () => {
    for (let n = 0; n < 300; n += 1) {
      expect(namedRows({ fields: fields(`c${n}`, '__proto__'), rows: [[n, 0]] }).map((row) => Object.entries(row as object))).toEqual(
        [[[`c${n}`, n], ['__proto__', 0]]],
      ); // prettier-ignore
    }
  });
});

it('asks for rows by position, with arrays in the form that PostgreSQL takes them in', async () => {
  const asked: unknown[] = [];
  const client = {
    query: (config: unknown) => {
      asked.push(config);
      return Promise.resolve({ fields: fields('n'), rows: [[7]] });
    },
  };
  const statement = { name: 'numbers', text: 'SELECT n FROM unnest($1::bigint[]) AS n' };
  const rows = await queryRows(client as unknown as Parameters<typeof queryRows>[0], statement, [['7']]);
  expect(rows).toEqual([{ n: 7 }]);
  expect(asked).toEqual([{ ...statement, rowMode: 'array', values: [expect.any(Buffer)] }]);
});
