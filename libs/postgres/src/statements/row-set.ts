import { arrayParameter } from './array-parameter';
import { type Column, quoted } from './entity-columns';

/** Columns that no entity has may be given by their type alone: what they are called is the property. */
interface PlainTypes {
  uuid: string;
  text: string;
  integer: number;
  smallint: number;
  bigint: number | string;
  boolean: boolean;
  timestamptz: Date;
}

type Columns = Readonly<Record<string, Column<unknown> | keyof PlainTypes>>;

type ValueOf<Given> =
  Given extends Column<infer Value> ? Value : Given extends keyof PlainTypes ? PlainTypes[Given] | null : never;

type RowOf<Given extends Columns> = { readonly [Property in keyof Given]: ValueOf<Given[Property]> };

/**
 * A set of rows as parameters of a statement, an array for each column: PostgreSQL makes rows of them with `unnest`. Statements are
 * put together from it once, when their module is loaded; {@link parameters} is all that is left to do for each set.
 */
export interface RowSet<Row> {
  /** Number of the parameter behind those of this set. */
  readonly next: number;
  /** The columns of the set, or `only` these of them, in their order: `"order_id", "status"`. */
  columns(...only: readonly (keyof Row & string)[]): string;
  /** The rows, with all columns or `only` these: `unnest($1::uuid[], $2::text[]) AS o ("order_id", "status")`. */
  unnest(alias: string, ...only: readonly (keyof Row & string)[]): string;
  /** As {@link unnest}, with the number of the row, from 1, as the column `n`: it keeps the order of the rows. */
  numbered(alias: string, ...only: readonly (keyof Row & string)[]): string;
  /** The values of one column: `$1::uuid[]`. */
  array(property: keyof Row & string): string;
  /** `status = o.status, …` for an UPDATE from the alias. */
  assignments(alias: string, ...only: readonly (keyof Row & string)[]): string;
  /** One array for each column, in PostgreSQL's binary form where it has one. Values of `json` and `jsonb` are written as JSON. */
  parameters(rows: readonly Row[]): unknown[];
}

/**
 * @param columns by property of the rows: of an entity (`columnsOf`), or types of what only this statement knows.
 * @param first number of its first parameter.
 */
export function rowSet<Given extends Columns>(columns: Given, first = 1): RowSet<RowOf<Given>> {
  const members = Object.entries(columns).map(([property, column], index) => {
    const { name, type } = typeof column === 'string' ? { name: property, type: column } : column;
    return { property, name: quoted(name), type, parameter: `$${first + index}::${type}[]` };
  });
  const chosen = (only: readonly string[]) =>
    only.length === 0
      ? members
      : only.map((property) => members.find((each) => each.property === property) ?? none(property));
  const names = (only: readonly string[]) => chosen(only).map(({ name }) => name);
  const arrays = (only: readonly string[]) =>
    `unnest(${chosen(only)
      .map(({ parameter }) => parameter)
      .join(', ')})`;
  const collect = collector(members.map(({ property }) => property));
  const types = members.map(({ type }) => type);
  return {
    next: first + members.length,
    columns: (...only) => names(only).join(', '),
    unnest: (alias, ...only) => `${arrays(only)} AS ${alias} (${names(only).join(', ')})`,
    numbered: (alias, ...only) => `${arrays(only)} WITH ORDINALITY AS ${alias} (${[...names(only), 'n'].join(', ')})`,
    array: (property) =>
      chosen([property])
        .map(({ parameter }) => parameter)
        .join(),
    assignments: (alias, ...only) =>
      names(only)
        .map((name) => `${name} = ${alias}.${name}`)
        .join(', '),
    parameters: (rows) => collect(rows).map((values, index) => arrayParameter(types[index] ?? 'text', values)),
  };
}

function none(property: string): never {
  throw new TypeError(`the set has no column ${property}`);
}

type Collect = (rows: readonly object[]) => unknown[][];

/**
 * As if written by hand for this set: one pass over the rows, `column0[n] = row["id"]; …`. Each access has a place of its own, where V8
 * learns the shape of the rows; one place for all properties would look each of them up in a table.
 */
function collector(properties: readonly string[]): Collect {
  const names = properties.map((_, index) => `column${index}`);
  const source = `
    ${names.map((name) => `const ${name} = new Array(rows.length);`).join(' ')}
    for (let n = 0; n < rows.length; n += 1) {
      const row = rows[n];
      ${properties.map((property, index) => `column${index}[n] = row[${JSON.stringify(property)}];`).join(' ')}
    }
    return [${names.join(', ')}];`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of names only, each quoted as a string
  return new Function('rows', source) as Collect;
}
