import { DomainError } from '@app/platform';
import { KafkaJSConnectionError, KafkaJSNonRetriableError } from 'kafkajs';
import { QueryFailedError } from 'typeorm';
import { classifyFailure, PermanentFailure } from './failure';

/** As TypeORM reports it. */
function postgres(code: string): Error {
  return new QueryFailedError('SELECT 1', [], Object.assign(new Error('said PostgreSQL'), { code }));
}

function domain(kind: 'conflict' | 'not_found' | 'unavailable'): Error {
  return new DomainError({ code: 'TEST.FAILED', kind, message: 'for a reason' });
}

describe('a failure of a handler', () => {
  it.each<[string, unknown, ReturnType<typeof classifyFailure>]>([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'infrastructure'],
    ['a lost connection', new Error('Connection terminated unexpectedly'), 'infrastructure'],
    ['an exhausted pool', new Error('timeout exceeded when trying to connect'), 'infrastructure'],
    ['PostgreSQL being shut down', postgres('57P01'), 'infrastructure'],
    ['PostgreSQL starting up', postgres('57P03'), 'infrastructure'],
    ['too many connections', postgres('53300'), 'infrastructure'],
    ['a full disk', postgres('53100'), 'infrastructure'],
    ['a broken protocol', postgres('08P01'), 'infrastructure'],
    ['an idle transaction that was ended', postgres('25P03'), 'infrastructure'],
    ['Kafka out of reach', new KafkaJSConnectionError('gone'), 'infrastructure'],
    ['Kafka refusing', new KafkaJSNonRetriableError('no'), 'infrastructure'],
    ['a violated constraint', postgres('23505'), 'permanent'],
    ['a value out of range', postgres('22003'), 'permanent'],
    ['a missing table', postgres('42P01'), 'permanent'],
    ['a defect: TypeError', new TypeError('x is undefined'), 'permanent'],
    ['a defect: RangeError', new RangeError('too large'), 'permanent'],
    ['a defect: ReferenceError', new ReferenceError('x'), 'permanent'],
    ['a defect: SyntaxError', new SyntaxError('x'), 'permanent'],
    ['a declared permanent failure', new PermanentFailure('useless'), 'permanent'],
    ['a broken rule', domain('conflict'), 'permanent'],
    ['something that does not exist', domain('not_found'), 'permanent'],
    ['something unavailable', domain('unavailable'), 'transient'],
    ['a deadlock that persists', postgres('40P01'), 'transient'],
    ['a serialisation failure that persists', postgres('40001'), 'transient'],
    ['a statement that took too long', postgres('57014'), 'transient'],
    ['a lock that was not to be had', postgres('55P03'), 'blocked'],
    ['any other error', new Error('?'), 'transient'],
    ['a thrown string', 'oops', 'transient'],
    ['a thrown nothing', undefined, 'transient'],
    ['a thrown null', null, 'transient'],
  ])('%s', (_what, error, kind) => {
    expect(classifyFailure(error)).toBe(kind);
  });
});
