import { connection, Ids } from '@app/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import pg from 'pg';
import type { PaymentServiceConfig } from '../config';
import { GatewayLedger } from './gateway-ledger';
import { PaymentGateway } from './payment-gateway';
import { SimulatedGateway } from './simulated-gateway';

const LEDGER_CONNECTIONS = 4;

/** Provides the `PaymentGateway` the config names. */
@Module({})
export class GatewayModule {
  static forRoot(config: PaymentServiceConfig): DynamicModule {
    return {
      module: GatewayModule,
      providers: [{ provide: PaymentGateway, useFactory: (ids: Ids) => gatewayOf(config, ids), inject: [Ids] }],
      exports: [PaymentGateway],
    };
  }
}

function gatewayOf(config: PaymentServiceConfig, ids: Ids): PaymentGateway {
  switch (config.paymentGateway) {
    case 'simulator': {
      const { paymentSimulatorLatencyMs: latencyMs, paymentSimulatorFailureRate: failureRate } = config;
      return new SimulatedGateway(new GatewayLedger(ledgerPool(config)), { latencyMs, failureRate }, ids);
    }
  }
}

function ledgerPool(config: PaymentServiceConfig): pg.Pool {
  const pool = new pg.Pool({
    ...connection({ schema: 'payment_service' }, 'gateway-simulator'),
    connectionString: config.databaseUrl,
    max: LEDGER_CONNECTIONS,
    query_timeout: config.paymentGatewayTimeoutMs,
  });
  // An idle connection that breaks is no news; the next call finds out.
  pool.on('error', () => undefined);
  return pool;
}
