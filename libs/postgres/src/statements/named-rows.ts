import type { Client } from 'pg';
import { statementValues } from './statement-values';

/** A result as pg gives it with `rowMode: 'array'`. */
export interface PositionalResult {
  readonly fields: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

type Naming = (values: readonly unknown[]) => object;

/** A guard against statements that are not constants; a service has some forty. */
const MAX_NAMINGS = 200;

const namings = new Map<string, Naming>();

/**
 * Rows as objects with the names of their columns; of two columns of one name the later counts, as with pg.
 *
 * pg itself copies one template object for each row, at one place for all statements. V8 is good at copying up to four shapes
 * at a place; with a fifth it goes over, for as long as the process lives, to a way that takes twice the time and leaves
 * objects in pieces for the garbage collector. So each shape has a place of its own here.
 */
export function namedRows<Row>({ fields, rows }: PositionalResult): Row[] {
  return rows.length === 0 ? [] : (rows.map(namingOf(fields.map(({ name }) => name))) as Row[]);
}

/** Runs a statement on a plain pg client, with parameters in PostgreSQL's binary form where it has one. */
export async function queryRows<Row>(
  client: Pick<Client, 'query'>,
  statement: { readonly name: string; readonly text: string },
  parameters: readonly unknown[],
): Promise<Row[]> {
  const values = statementValues(statement.text, parameters);
  return namedRows<Row>(await client.query<unknown[]>({ ...statement, values, rowMode: 'array' }));
}

function namingOf(names: readonly string[]): Naming {
  const key = names.join('\0'); // which no name in PostgreSQL has
  let naming = namings.get(key);
  if (naming === undefined) {
    if (namings.size >= MAX_NAMINGS) return (values) => Object.fromEntries(names.map((name, at) => [name, values[at]]));
    naming = writtenOut(names);
    namings.set(key, naming);
  }
  return naming;
}

/** As if written by hand for this statement: `({ id: values[0], status: values[1] })`. */
function writtenOut(names: readonly string[]): Naming {
  const properties = names.map((name, at) => `[${JSON.stringify(name)}]: values[${at}]`);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of names only, each quoted as a string
  return new Function('values', `return { ${properties.join(', ')} }`) as Naming;
}
