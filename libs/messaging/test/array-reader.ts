import { infrastructureUrls } from '@app/testing';
import pg from 'pg';

/** What PostgreSQL understands by a parameter that is an array of `type`. */
export type ReadArray = (parameter: unknown, type: string) => Promise<unknown[]>;

/** For the tests of one file: connects before them and disconnects after. */
export function arrayReader(): ReadArray {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: infrastructureUrls().adminUrl });
    await client.connect();
  });
  afterAll(() => client.end());
  return async (parameter, type) => {
    const { rows } = await client.query<{ element: unknown }>(`SELECT unnest($1::${type}[]) AS element`, [parameter]);
    return rows.map(({ element }) => element);
  };
}
