import { readablePayload, readableText } from './readable-record';

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));

describe('the value of a record', () => {
  it.each([
    ['JSON', Buffer.from('{"a":["[[[\\"[",1]}'), { a: ['[[["[', 1] }],
    ['no JSON', Buffer.from('{"a"'), null],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), null],
    ['no value', null, null],
    ['brackets in a text', Buffer.from(JSON.stringify('['.repeat(1_000))), '['.repeat(1_000)],
  ])('that is %s is shown as such', (_what, value, shown) => {
    expect(readablePayload(value)).toEqual(shown);
  });

  it('that is nested so deeply that it could not be written again is not shown as JSON', () => {
    expect(readablePayload(nested(100))).not.toBeNull();
    expect(readablePayload(nested(101))).toBeNull();
    expect(readablePayload(nested(400_000))).toBeNull();
  });
});

it('bytes that are no text are shown as far as they are', () => {
  expect(readableText(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\uFFFDb');
});
