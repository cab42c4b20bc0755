import { connection } from '@app/platform';
import pg from 'pg';
import type { PaymentServiceConfig } from '../config';

const LEDGER_CONNECTIONS = 4;

/**
 * Connections for the books of the simulated gateway. One that breaks never ends the process, whether it is idle or in the
 * middle of a booking: whoever uses it finds out with the next statement.
 */
export function ledgerPool(config: Pick<PaymentServiceConfig, 'databaseUrl' | 'paymentGatewayTimeoutMs'>): pg.Pool {
  const common = connection({ schema: 'payment_service' }, 'gateway-simulator');
  const pool = new pg.Pool({
    ...common,
    options: `${common.options} -c plan_cache_mode=force_generic_plan`,
    connectionString: config.databaseUrl,
    max: LEDGER_CONNECTIONS,
    query_timeout: config.paymentGatewayTimeoutMs,
  });
  pool.on('error', () => undefined);
  // The pool listens to idle connections only.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
