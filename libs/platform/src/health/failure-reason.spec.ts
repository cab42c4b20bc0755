import { failureReason } from './failure-reason';

const SECRET = 'hunter2 at 10.0.0.7';
const failed = (code: string, message = SECRET) => Object.assign(new Error(message), { code });

describe('why a check failed', () => {
  it.each([
    ['ECONNREFUSED', /refused: check that it is running/],
    ['ENOTFOUND', /host name cannot be resolved/],
    ['EHOSTUNREACH', /firewalls/],
    ['ETIMEDOUT', /no answer in time: .*overloaded/],
    ['ECONNRESET', /connection was lost/],
    ['28P01', /rejected the log-in: check user/],
    ['EAUTH', /rejected the log-in: check user/],
    ['42501', /rejected the log-in/],
    ['3D000', /database does not exist/],
    ['53300', /no free connection/],
    ['53100', /disk space/],
    ['57P03', /starting or shutting down/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /certificate is not trusted/],
  ])('is told by the code %s, with what to do, and without the words of the error', (code, expected) => {
    const reason = failureReason(failed(code));
    expect(reason).toMatch(expected);
    expect(reason).not.toContain('hunter2');
    expect(failureReason(new Error(SECRET, { cause: failed(code) }))).toBe(reason);
    expect(failureReason(new AggregateError([new Error(SECRET), failed(code)], SECRET))).toBe(reason);
    expect(failureReason(Object.assign(new Error(SECRET), { driverError: failed(code) }))).toBe(reason);
  });

  it.each([
    ['timeout exceeded when trying to connect', /no answer in time/],
    ['The server does not answer', /no answer in time/],
    ['Connection terminated due to connection timeout', /no answer in time/],
    ['Connection terminated unexpectedly', /connection was lost/],
  ])('is told by what node-postgres says: %s', (message, expected) => {
    expect(failureReason(new Error(message))).toMatch(expected);
  });

  it.each([[new Error(SECRET)], [failed('XX000')], ['text'], [null], [undefined], [{ code: 7 }]])(
    'is not guessed: %p',
    (error) => expect(failureReason(error)).toBeUndefined(),
  );

  it('is looked for in errors that contain themselves, and not forever', () => {
    const loop = new Error(SECRET);
    loop.cause = loop;
    expect(failureReason(loop)).toBeUndefined();
  });
});
