import type { Client, FieldDef } from 'pg';
import { printJson, type Console } from '../cli/console.ts';
import { withDatabase } from '../cli/database.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { clip, countOf, table, type Cell } from '../cli/table.ts';

/** Bounds of one question. */
export interface SqlOptions {
  /** Rows; further ones are not even fetched. */
  readonly max: number;
  readonly timeoutMs: number;
  readonly json: boolean;
}

const CELL = 80;

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * Answers one statement. PostgreSQL itself refuses what would change a table, and a second statement; whatever it does not refuse is
 * rolled back.
 * @throws OpsError with PostgreSQL's words
 */
export async function sqlCommand(
  console: Console,
  databaseUrl: string,
  statement: string,
  { max, timeoutMs, json }: SqlOptions,
): Promise<ExitCode> {
  const answer = await withDatabase(databaseUrl, async (client) => {
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`SET LOCAL statement_timeout = ${timeoutMs}`);
      return await ask(client, statement.trim().replace(/;$/, ''), max, json);
    } catch (error) {
      throw new OpsError(`PostgreSQL refuses: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
    }
  });
  const rows = answer.rows.slice(0, max);
  const more = answer.rows.length > max;
  if (json) printJson(console, { columns: answer.columns, rows, more });
  else {
    console.print(
      table(
        answer.columns,
        rows.map((row) => row.map(cellOf)),
      ),
    );
    console.print(`${countOf(rows.length, 'row')}${more ? '; there are more: see --max' : ''}`);
  }
  return EXIT.fine;
}

/** Through a cursor, so that no more rows come than are shown. The extended protocol takes one statement only. */
async function ask(client: Client, statement: string, max: number, json: boolean): Promise<Answer> {
  // In a table every value is as PostgreSQL writes it: an interval, say, is no object to a person.
  const types = json ? {} : { types: { getTypeParser: () => (text: string) => text } };
  const extended = { queryMode: 'extended', rowMode: 'array', ...types } as const;
  if (/^(?:explain|show)\b/i.test(statement)) return answerOf(await client.query({ text: statement, ...extended }));
  await client.query({ text: `DECLARE ops NO SCROLL CURSOR FOR ${statement}`, ...extended });
  return answerOf(await client.query({ text: `FETCH ${max + 1} FROM ops`, ...extended }));
}

function answerOf({ fields, rows }: { readonly fields: FieldDef[]; readonly rows: unknown[][] }): Answer {
  return { columns: fields.map(({ name }) => name), rows };
}

function cellOf(value: unknown): Cell {
  return typeof value === 'string' ? clip(value, CELL) : null;
}
