import { startStack, type RunningStack } from '../../infra/local/index.ts';

declare global {
  var testInfrastructure: RunningStack | undefined;
}

/** Jest's global set-up of the integration tier: one isolated infrastructure for the whole run. */
export default async function startInfrastructure(): Promise<void> {
  const stack = await startStack({ label: 'integration' });
  globalThis.testInfrastructure = stack;
  process.env['TEST_ADMIN_DATABASE_URL'] = stack.databaseUrl('admin');
  process.env['TEST_DATABASE_URL'] = stack.databaseUrl('order-service');
  process.env['TEST_REDIS_URL'] = stack.redisUrl;
  process.env['TEST_KAFKA'] = stack.kafka;
  process.env['TEST_SMTP_URL'] = stack.smtpUrl;
}
