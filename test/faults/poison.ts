import { randomUUID } from 'node:crypto';
import type { IHeaders, Message } from 'kafkajs';

/** A sound record of the topic: what a bad one is made of. */
export interface Model {
  readonly topic: string;
  readonly headers: IHeaders;
  readonly value: Buffer;
}

type Reason = 'undecodable' | 'unknown_type' | 'invalid';

interface Poison {
  readonly kind: string;
  readonly reason: Reason;
  /** A record that looks like one of this order, spoilt. */
  spoil(model: Model, orderId: string): Message;
}

/** Kafka takes a megabyte and a little; with its headers it must still fit among the dead letters. */
const HUGE = 1_040_000;
const NESTED = 100_000;

/** Every kind of record no service of this system would send. None is one that a handler could fail at. */
export const POISONS: readonly Poison[] = [
  { kind: 'bad JSON', reason: 'undecodable', spoil: (model, id) => withValue(model, id, Buffer.from('{"user_id": ')) },
  { kind: 'not UTF-8', reason: 'undecodable', spoil: (model, id) => withValue(model, id, Buffer.from([0xff, 0xfe])) },
  { kind: 'no value', reason: 'undecodable', spoil: (model, id) => withValue(model, id, null) },
  { kind: 'invalid', reason: 'invalid', spoil: (model, id) => withValue(model, id, Buffer.from('{}')) },
  { kind: 'no object', reason: 'invalid', spoil: (model, id) => withValue(model, id, Buffer.from('null')) },
  {
    kind: 'deeply nested',
    reason: 'invalid',
    spoil: (model, id) => withValue(model, id, Buffer.from('['.repeat(NESTED) + ']'.repeat(NESTED))),
  },
  {
    kind: 'huge',
    reason: 'invalid',
    spoil: (model, id) => withValue(model, id, Buffer.from(JSON.stringify({ user_id: 'x'.repeat(HUGE) }))),
  },
  {
    kind: 'unknown type',
    reason: 'unknown_type',
    spoil: (model, id) => withHeaders(model, id, { ce_type: 'order_teleported' }),
  },
  {
    kind: 'future version',
    reason: 'unknown_type',
    spoil: (model, id) => withHeaders(model, id, { ce_dataschema: `${model.topic}/99` }),
  },
  { kind: 'no headers', reason: 'undecodable', spoil: ({ value }, id) => ({ key: id, value }) },
  { kind: 'no key', reason: 'undecodable', spoil: (model, id) => ({ ...withHeaders(model, id, {}), key: null }) },
  {
    kind: 'a header that is no text',
    reason: 'undecodable',
    spoil: (model, id) => withHeaders(model, id, { ce_id: Buffer.from([0xff, 0x00]) }),
  },
  {
    kind: 'a repeated header',
    reason: 'undecodable',
    spoil: (model, id) => withHeaders(model, id, { ce_type: [model.topic, model.topic] }),
  },
  {
    kind: 'another specification',
    reason: 'undecodable',
    spoil: (model, id) => withHeaders(model, id, { ce_specversion: '2.0' }),
  },
];

function withValue(model: Model, orderId: string, value: Buffer | null): Message {
  return { ...withHeaders(model, orderId, {}), value };
}

function withHeaders({ headers, value }: Model, orderId: string, wrong: IHeaders): Message {
  const own = { 'x-planted': 'yes', ce_id: randomUUID(), ce_partitionkey: orderId };
  return { key: orderId, value, headers: { ...headers, ...own, ...wrong } };
}
