import { connection, guardedClient } from '@app/postgres';
import pg from 'pg';
import type { PaymentServiceConfig } from '../config';

const LEDGER_CONNECTIONS = 4;

/**
 * Connections for the books of the simulated gateway. One that breaks never ends the process, whether it is idle or in the
 * middle of a booking: whoever uses it finds out with the next statement.
 */
export function ledgerPool(config: Pick<PaymentServiceConfig, 'databaseUrl' | 'paymentGatewayTimeoutMs'>): pg.Pool {
  const pool = new pg.Pool({
    ...connection({ schema: 'payment_service' }, 'gateway-simulator', { plan_cache_mode: 'force_generic_plan' }),
    connectionString: config.databaseUrl,
    max: LEDGER_CONNECTIONS,
    Client: guardedClient(config.paymentGatewayTimeoutMs),
  });
  pool.on('error', () => undefined);
  return pool;
}
