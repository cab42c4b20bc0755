import type { Message, TopicMessages } from 'kafkajs';

/** Why Kafka has not stored some of the records of a topic. */
export interface Refusal {
  readonly topic: string;
  /** Kafka's name for the error, such as `MESSAGE_TOO_LARGE`. */
  readonly code: string;
  readonly reason: string;
  /** Of one partition, where Kafka has said so. They were refused together: which of them was the reason is not known. */
  readonly messages: readonly Message[];
}

/** What is to be done about a refusal. */
export type Verdict =
  /** Never to be stored as it is: fewer records at once, and one that is alone is put aside. */
  | 'never'
  /** The topic, or the partition, is not there. */
  | 'missing'
  /** To be tried again when some time has passed. */
  | 'later';

/** `UNSENDABLE` is no code of Kafka's: the record could not even be written into a request. */
const NEVER = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'CORRUPT_MESSAGE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'UNSENDABLE',
]);

export function verdictOf({ code }: Pick<Refusal, 'code'>): Verdict {
  if (NEVER.has(code)) return 'never';
  return code === 'UNKNOWN_TOPIC_OR_PARTITION' ? 'missing' : 'later';
}

/** Errors of a whole metadata request that are about one of the topics it asked for; which one, kafkajs does not say. */
const ABOUT_A_TOPIC = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
]);

/** A send that did not store everything. Without refusals it is not known what was stored: Kafka has not answered. */
export class SendFailure extends Error {
  override readonly name = 'SendFailure';

  constructor(
    message: string,
    readonly stored: ReadonlySet<Message>,
    readonly refusals: readonly Refusal[],
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** As our patch of kafkajs tells of it. */
interface PartitionRefusal {
  readonly topic: string;
  readonly error: KafkaError;
  readonly messages: readonly Message[];
}
interface KafkaError extends Error {
  readonly type?: string;
  readonly stored?: readonly Message[];
  readonly refused?: readonly PartitionRefusal[];
}

/** What became of a batch, from what kafkajs has thrown. */
export function sendFailureOf(error: unknown, batch: readonly TopicMessages[]): SendFailure {
  const causes = causesOf(error);
  const first = causes.at(-1) ?? new Error(String(error));
  const known = causes.find(({ refused }) => refused !== undefined);
  const stored = new Set(known?.stored);
  const refusals = (known?.refused ?? []).map(({ topic, error: { type, message }, messages }) => ({
    topic,
    code: type ?? 'UNKNOWN',
    reason: message,
    messages,
  }));
  if (refusals.length === 0 && stored.size === 0) refusals.push(...blamed(first, batch));
  return new SendFailure(first.message, stored, refusals, { cause: error });
}

/** Any of the topics may be the reason. */
function blamed(error: KafkaError, batch: readonly TopicMessages[]): Refusal[] {
  const code = isDefect(error) ? 'UNSENDABLE' : topicCodeOf(error);
  if (code === undefined) return [];
  return batch.map(({ topic, messages }) => ({ topic, code, reason: error.message, messages }));
}

function topicCodeOf({ type, name }: KafkaError): string | undefined {
  if (name === 'KafkaJSMetadataNotLoaded') return 'UNKNOWN_TOPIC_OR_PARTITION';
  return type !== undefined && ABOUT_A_TOPIC.has(type) ? type : undefined;
}

/** JavaScript's own errors: what kafkajs throws about what it was given. */
function isDefect({ name }: Error): boolean {
  return name === 'TypeError' || name === 'RangeError';
}

function causesOf(error: unknown): KafkaError[] {
  const causes: KafkaError[] = [];
  for (let at = error; at instanceof Error && !causes.includes(at); at = at.cause) causes.push(at);
  return causes;
}
