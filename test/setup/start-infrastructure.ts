import { startStack, type RunningStack } from '../../tools/stack/index.ts';

declare global {
  var testInfrastructure: RunningStack[] | undefined;
}

/**
 * Jest's global set-up of the integration tier: an isolated infrastructure for each worker, because suites that ran side by
 * side on one Kafka would read each other's records.
 */
export default async function startInfrastructure({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  const labels = Array.from({ length: maxWorkers }, (_, index) => `integration-${index + 1}`);
  globalThis.testInfrastructure = await Promise.all(labels.map((label) => startStack({ label })));
  const urls = globalThis.testInfrastructure.map((stack) => ({
    adminUrl: stack.databaseUrl('admin'),
    redisUrl: stack.redisUrl,
    kafka: stack.kafka,
    kafkaBehindProxy: stack.kafkaBehindProxy,
    kafkaTopics: stack.kafkaTopics,
    smtpUrl: stack.smtpUrl,
  }));
  process.env['TEST_INFRASTRUCTURE'] = JSON.stringify(urls);
}
