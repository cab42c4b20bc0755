import { withDatabase } from '../cli/database.ts';
import { OpsError } from '../cli/exit-code.ts';

const TABLE = 'inventory_service.stock_movements';
const FORGED = ' (forged)';

/** A constraint that forbids what the code does has the effect of a bad release. */
export function releaseBug(databaseUrl: string, which: 'bad' | 'fixed'): Promise<string> {
  return withDatabase(databaseUrl, async (client) => {
    await client.query(`SET lock_timeout = '5s'`);
    await client.query(`ALTER TABLE ${TABLE} DROP CONSTRAINT IF EXISTS bug`);
    if (which === 'fixed') return 'the bug is gone; let the failed messages be handled: ./ops failed retry --all';
    await client.query(`ALTER TABLE ${TABLE} ADD CONSTRAINT bug CHECK (product_id <> 'HEADSET001') NOT VALID`);
    return 'inventory-service fails on every HEADSET001, until: ./ops break release fixed';
  });
}

/** As `admin`: PostgreSQL would refuse the same of the order service. What was there stays readable, so that it can be put back. */
export function forgeTrail(databaseUrl: string, order: string, undo: boolean): Promise<string> {
  return withDatabase(databaseUrl, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE order_service.order_events SET actor = ${undo ? 'replace(actor, $2, $3)' : 'actor || $2 || $3'}
       WHERE order_id = $1 AND number = 2 AND (actor LIKE '%' || $2) = $4`,
      [order, FORGED, '', undo],
    );
    if (rowCount === 0)
      throw new OpsError(`order ${order} has no second entry that could be ${undo ? 'put back' : 'forged'}`);
    return undo ? 'the entry is what it was' : `entry 2 names another actor, until: ./ops break trail ${order} --undo`;
  });
}
