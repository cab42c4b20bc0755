import { printJson, type Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { kafkaAt } from '../cli/kafka.ts';

/** A record as it is to stand in its topic, whether it makes sense or not. */
export interface RecordToSend {
  readonly topic: string;
  readonly key: string | undefined;
  /** Absent: a record without a value. */
  readonly value: string | undefined;
  /** `name=value` each. */
  readonly headers: readonly string[];
}

/**
 * Publishes one record just as it is given: to see what the consumers make of a bad one, or to bring an exported one back.
 * @throws OpsError when there is no such topic, or Kafka does not answer within seconds
 */
export async function sendRecord(
  console: Console,
  brokers: readonly string[],
  { topic, key, value, headers }: RecordToSend,
  json: boolean,
): Promise<ExitCode> {
  const named = headersOf(headers);
  const kafka = kafkaAt(brokers);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    const message = { key: key ?? null, value: value ?? null, headers: named };
    const [sent] = await producer.send({ topic, messages: [message], acks: -1, timeout: 5_000 });
    const { partition = null, baseOffset: offset = null } = sent ?? {};
    if (json) printJson(console, { topic, partition, offset });
    else console.print(`${topic}, partition ${partition}, offset ${offset}`);
    return EXIT.fine;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OpsError(`the record could not be sent to ${topic} at ${brokers.join(',')}: ${why}`);
  } finally {
    await producer.disconnect().catch(() => undefined);
  }
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new OpsError(`not a header of the form name=value: ${line}`);
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
