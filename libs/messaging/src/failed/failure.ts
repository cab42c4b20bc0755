import { isDatabaseUnavailable } from '@app/postgres';
import kafkajs from 'kafkajs';
import { DatabaseLocked, isLockTimeout, RowsLocked } from '../unit-of-work/locked-rows';

// Node does not find kafkajs's error classes among the named exports of its CommonJS module.
const { KafkaJSError } = kafkajs;

/**
 * What a failure means for the message that was being handled.
 * - `infrastructure`: a dependency of the handler is down; no attempt is counted.
 * - `blocked`: another transaction has locked a row it needs; no attempt is counted.
 * - `permanent`: retrying cannot help (a defect, or a fact that contradicts the rules).
 * - `transient`: anything else; worth a bounded number of tries.
 */
export type FailureKind = 'infrastructure' | 'blocked' | 'permanent' | 'transient';

/** An error that declares itself permanent: the message is not retried. */
export class PermanentFailure extends Error {
  override readonly name: string = 'PermanentFailure';
}

/**
 * Whether later messages of an order wait for one that failed with this error. Usually they do. An error says `blocksOrder: false` when
 * its message is not about the order as it is known: what comes later is no consequence of it, and may be what is true.
 */
export function blocksOrder(error: unknown): boolean {
  return !(error instanceof Error && 'blocksOrder' in error && error.blocksOrder === false);
}

const DEFECTS = [TypeError, RangeError, ReferenceError, SyntaxError];
/** Integrity violations, bad data and bad SQL: the same statement will fail in the same way. */
const PERMANENT_SQLSTATE = /^(22|23|42)/;

/** The one place where failures of handlers are told apart. */
export function classifyFailure(error: unknown): FailureKind {
  if (isOutage(error)) return 'infrastructure';
  if (error instanceof RowsLocked || isLockTimeout(error)) return 'blocked';
  if (error instanceof PermanentFailure || DEFECTS.some((type) => error instanceof type)) return 'permanent';
  if (error instanceof Error && 'kind' in error && error.kind !== 'unavailable') return 'permanent';
  if (PERMANENT_SQLSTATE.test(sqlStateOf(error) ?? '')) return 'permanent';
  return 'transient';
}

function isOutage(error: unknown): boolean {
  return isDatabaseUnavailable(error) || error instanceof KafkaJSError || error instanceof DatabaseLocked;
}

function sqlStateOf(error: unknown): string | undefined {
  const driverError = (error as { driverError?: { code?: unknown } } | null)?.driverError;
  return typeof driverError?.code === 'string' ? driverError.code : undefined;
}
