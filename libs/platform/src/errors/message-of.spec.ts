import { asError, messageOf } from './message-of';

describe('what was thrown', () => {
  it('is told by its message when it is an error, and as text when it is anything else', () => {
    expect([messageOf(new TypeError('broken')), messageOf('a text'), messageOf(undefined)]).toEqual([
      'broken',
      'a text',
      'undefined',
    ]);
  });

  it('is passed on as it is when it is an error, and made one when it is anything else', () => {
    const error = new TypeError('broken');
    expect(asError(error)).toBe(error);
    expect(asError('a text')).toEqual(new Error('a text'));
  });
});
