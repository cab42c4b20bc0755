/** Where the integration tier's PostgreSQL, Redis, Kafka and mail server are. */
export interface InfrastructureUrls {
  /** As PostgreSQL's superuser. */
  readonly adminUrl: string;
  readonly redisUrl: string;
  readonly kafka: string;
  /**
   * The same Kafka, for clients that are to go through a {@link TcpProxy}: it listens on `port`, and tells whoever asks it there
   * that it is found at `proxyPort`, on the loopback address.
   */
  readonly kafkaBehindProxy: { readonly port: number; readonly proxyPort: number };
  /** The directory in which Kafka keeps its topics. */
  readonly kafkaTopics: string;
  readonly smtpUrl: string;
}

/**
 * The infrastructure of this worker of Jest.
 *
 * @throws Error outside of `npm run test:integration`, which starts the infrastructure and says where it is.
 */
export function infrastructureUrls(): InfrastructureUrls {
  const { TEST_INFRASTRUCTURE, JEST_WORKER_ID } = process.env;
  const urls = JSON.parse(TEST_INFRASTRUCTURE ?? '[]') as InfrastructureUrls[];
  const mine = urls[Number(JEST_WORKER_ID) - 1];
  if (mine === undefined) {
    throw new Error('the infrastructure of the integration tests is not running: use npm run test:integration');
  }
  return mine;
}
