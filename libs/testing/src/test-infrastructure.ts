/** Where the integration tier's PostgreSQL, Redis and Kafka are. */
export interface InfrastructureUrls {
  readonly adminUrl: string;
  readonly redisUrl: string;
  readonly kafka: string;
  readonly smtpUrl: string;
}

/** @throws Error outside of `npm run test:integration`, which starts the infrastructure and says where it is. */
export function infrastructureUrls(): InfrastructureUrls {
  const { TEST_ADMIN_DATABASE_URL, TEST_REDIS_URL, TEST_KAFKA, TEST_SMTP_URL } = process.env;
  if (!TEST_ADMIN_DATABASE_URL || !TEST_REDIS_URL || !TEST_KAFKA || !TEST_SMTP_URL) {
    throw new Error('the infrastructure of the integration tests is not running: use npm run test:integration');
  }
  return {
    adminUrl: TEST_ADMIN_DATABASE_URL,
    redisUrl: TEST_REDIS_URL,
    kafka: TEST_KAFKA,
    smtpUrl: TEST_SMTP_URL,
  };
}
