/** Codes of Kafka that mean that the members of a group do not speak the same protocol. */
const FOREIGN_MEMBER = new Set(['INCONSISTENT_GROUP_PROTOCOL', 'GROUP_ID_NOT_FOUND', 'INVALID_GROUP_ID']);
const UNANSWERED = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
]);

interface KafkaError extends Error {
  /** Kafka's name of an error it answered with. */
  readonly type?: string;
}

/** What is behind the errors that kafkajs wraps around it. */
function causeOf(error: unknown): KafkaError {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause === undefined || error.cause === error ? error : causeOf(error.cause);
}

/** Whether Kafka did not answer at all. An error that it answered with is an answer. */
export function isKafkaSilent(error: unknown): boolean {
  return UNANSWERED.has(causeOf(error).name);
}

/** Why there is no consumer, in a few words without addresses, for the health page. */
export function reasonOf(error: unknown): string {
  const { type, name } = causeOf(error);
  if (type !== undefined && FOREIGN_MEMBER.has(type)) return 'another kind of client is in the consumer group';
  if (isKafkaSilent(error)) return 'Kafka does not answer';
  return type ?? name;
}
