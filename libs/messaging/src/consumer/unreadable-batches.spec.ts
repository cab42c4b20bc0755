import { CATALOGUE } from '@app/events';
import { toConsumedRecord, type FetchedMessage } from '../record/consumed-record';
import { UnreadableBatches } from './unreadable-batches';

const message = (offset: string): FetchedMessage => ({
  offset,
  key: null,
  value: null,
  timestamp: '0',
  attributes: 0,
  headers: {},
});
const error = new Error('the checksum of the batch is wrong');
const unread: FetchedMessage = {
  ...message('14'),
  unreadable: { firstOffset: '12', bytes: Buffer.from('batch'), error },
};
const MESSAGES = [message('10'), message('11'), unread, message('15')];

function setUp() {
  const looks: string[] = [];
  const batches = new UnreadableBatches(({ topic, partition, offset }) =>
    looks.push(`${topic}/${partition}@${offset}`),
  );
  const admit = (messages: readonly FetchedMessage[]) => batches.admit('a', 0, messages).map(({ offset }) => offset);
  return { batches, looks, admit };
}

describe('a batch that the client could not read', () => {
  it('holds up what is behind it until it has been fetched three times; what is before it does not wait', () => {
    const { batches, looks, admit } = setUp();
    expect(admit(MESSAGES)).toEqual(['10', '11']);
    expect(batches.places).toEqual([{ topic: 'a', partition: 0, offset: '12', error }]);
    expect(admit(MESSAGES)).toEqual(['10', '11']);
    expect(admit(MESSAGES)).toEqual(['10', '11', '14', '15']);
    expect(looks).toEqual(['a/0@12', 'a/0@12']);
    batches.done('a', 0, '11');
    expect(batches.places).toHaveLength(1);
    batches.done('a', 0, '14');
    expect(batches.places).toEqual([]);
  });

  it('is forgotten when it can be read the next time', () => {
    const { batches, admit } = setUp();
    admit(MESSAGES);
    expect(admit([message('12'), message('13'), message('14')])).toHaveLength(3);
    batches.done('a', 0, '14');
    expect(batches.places).toEqual([]);
  });

  it('is a record with the bytes of the batch and the offsets that are meant', () => {
    expect(toConsumedRecord(CATALOGUE, 'a', 0, unread)).toMatchObject({
      offset: '14',
      value: Buffer.from('batch'),
      headers: { 'x-unread-offsets': '12-14' },
      decoded: {
        ok: false,
        reason: 'undecodable',
        detail: 'the records 12-14 cannot be read: the checksum of the batch is wrong',
      },
    });
  });
});
