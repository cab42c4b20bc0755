import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { infrastructureUrls } from '@app/testing';

const HEADER_BYTES = 61;

/** Changes the last record batch of a partition where Kafka has it on its disk, as a failing disk does. @returns its bytes now. */
export async function damageLastBatch(
  topic: string,
  partition: number,
  damage: (batch: Buffer) => void,
): Promise<Buffer> {
  const directory = join(infrastructureUrls().kafkaTopics, `${topic}-${partition}`);
  const segment = (await readdir(directory))
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .at(-1)!;
  const file = await open(join(directory, segment), 'r+');
  try {
    const bytes = await file.readFile();
    const at = lastBatchIn(bytes);
    const batch = bytes.subarray(at, endOf(bytes, at));
    damage(batch);
    await file.write(batch, 0, batch.length, at);
    return batch;
  } finally {
    await file.close();
  }
}

function endOf(bytes: Buffer, at: number): number {
  return at + 12 + bytes.readInt32BE(at + 8);
}

function lastBatchIn(bytes: Buffer): number {
  let at = 0;
  for (let next = at; next + HEADER_BYTES <= bytes.length && bytes.readInt32BE(next + 8) > 0; next = endOf(bytes, next))
    at = next;
  return at;
}
