import { Logger } from '@nestjs/common';
import Opossum from 'opossum';
import { withinTime } from '../async/within-time';
import { CallNotAnswered, CallNotMade } from './breaker-errors';

/** When calls to a dependency are given up before they are made. Times in milliseconds. */
export interface BreakerOptions {
  /** Of the dependency, as it is shown at `/health`: `payment_gateway`. */
  readonly name: string;
  /** A single call. */
  readonly timeoutMs: number;
  /** Calls in progress; what is beyond is not made. */
  readonly maxConcurrent: number;
  /** Failures in a row that open it: noticed at once, however many calls went well before. */
  readonly failuresInARow: number;
  /** Time-outs in a row that open it; as many as failures, unless told. */
  readonly timeoutsInARow?: number;
  /** Share of failures among the calls of the last ten seconds above which it opens; default 60. */
  readonly failurePercentage?: number;
  /** Open for so long; then one call, the probe, finds out. */
  readonly resetMs: number;
  /** How long a call may take to end by itself once it was told to; its own error says more than "time-out". Default 250. */
  readonly graceMs?: number;
  /** Whether an error means that the dependency is not well. An answer, be it a refusal, is none. Default: all are. */
  readonly isFailure?: (error: unknown) => boolean;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

/** What a breaker has seen since the process began; the counters only grow. */
export interface BreakerSnapshot {
  readonly name: string;
  readonly state: BreakerState;
  /** When it took this state; ISO 8601. */
  readonly since: string;
  readonly in_progress: number;
  readonly succeeded: number;
  /** Time-outs included. */
  readonly failed: number;
  readonly timed_out: number;
  /** Not made because it was open. */
  readonly rejected: number;
  /** Not made because too many were in progress. */
  readonly overloaded: number;
  /** Outages: a probe that fails is part of one. */
  readonly opened: number;
}

/** The rate means nothing among fewer calls. */
const FEWEST_CALLS = 20;

/**
 * A guard in front of something that may be away: bounds how many calls are made and how long each may take, and makes none
 * while the dependency does not work. State and rate are opossum's; the count in a row, the bound and the time-out are ours:
 * see docs/adr/0012-circuit-breakers.md.
 */
export class CircuitBreaker {
  private readonly logger: Logger;
  private readonly circuit: Opossum<[() => Promise<unknown>], unknown>;
  private readonly counters = { succeeded: 0, failed: 0, timed_out: 0, rejected: 0, overloaded: 0, opened: 0 };
  private failuresInARow = 0;
  private timeouts = 0;
  private inProgress = 0;
  private isOut = false;
  private since = new Date();

  constructor(private readonly options: BreakerOptions) {
    this.logger = new Logger(`Breaker.${options.name}`);
    this.circuit = new Opossum((call: () => Promise<unknown>) => call(), {
      name: options.name,
      timeout: false,
      resetTimeout: options.resetMs,
      errorThresholdPercentage: options.failurePercentage ?? 60,
      volumeThreshold: FEWEST_CALLS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: (error: unknown) => !this.isFailure(error),
    });
    this.circuit.on('success', () => this.succeeded());
    this.circuit.on('failure', (error) => this.failed(error));
    this.circuit.on('open', () => this.opened());
    this.circuit.on('halfOpen', () => (this.since = new Date()));
    this.circuit.on('close', () => this.closed());
  }

  get state(): BreakerState {
    if (this.circuit.closed) return 'closed';
    return this.circuit.halfOpen ? 'half_open' : 'open';
  }

  /** Time-outs since the last answer. */
  get consecutiveTimeouts(): number {
    return this.timeouts;
  }

  /** How many of `wanted` calls it is worth to prepare now: all, one probe, or none. */
  capacity(wanted: number): number {
    if (this.circuit.closed) return wanted;
    return this.circuit.halfOpen && this.circuit.pendingClose ? Math.min(1, wanted) : 0;
  }

  /**
   * Makes the call, unless it is better not made. The signal it is given aborts when its time is up or when the caller's does.
   * @throws CallNotMade when the breaker is open or too many calls are in progress; nothing was done then.
   * @throws CallNotAnswered when the call did not end although it was told to.
   */
  async run<T>(call: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (!this.circuit.closed && !this.circuit.pendingClose) {
      this.counters.rejected += 1;
      throw new CallNotMade(`${this.options.name} does not answer at present`);
    }
    // Not opossum's own bound: what we do not send is no failure of the dependency, and no answer of it either.
    if (this.inProgress >= this.options.maxConcurrent) {
      this.counters.overloaded += 1;
      throw new CallNotMade(`${this.inProgress} calls to ${this.options.name} are in progress`);
    }
    this.inProgress += 1;
    try {
      return (await this.circuit.fire(() => this.bounded(call, signal))) as T;
    } finally {
      this.inProgress -= 1;
    }
  }

  snapshot(): BreakerSnapshot {
    const { name } = this.options;
    return { name, state: this.state, since: this.since.toISOString(), in_progress: this.inProgress, ...this.counters };
  }

  private bounded<T>(call: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { timeoutMs, graceMs = 250, name } = this.options;
    return withinTime(call, {
      timeoutMs,
      graceMs,
      timeUp: () => new CallNotAnswered(`no answer within ${timeoutMs} ms`),
      outer: signal && { signal, givenUp: () => new CallNotAnswered(`the call to ${name} was given up`) },
    });
  }

  private isFailure(error: unknown): boolean {
    return error instanceof CallNotAnswered || (this.options.isFailure?.(error) ?? true);
  }

  private succeeded(): void {
    this.counters.succeeded += 1;
    this.failuresInARow = 0;
    this.timeouts = 0;
  }

  private failed(error: unknown): void {
    const { failuresInARow, timeoutsInARow = failuresInARow } = this.options;
    this.counters.failed += 1;
    this.failuresInARow += 1;
    if (error instanceof CallNotAnswered) {
      this.counters.timed_out += 1;
      this.timeouts += 1;
    }
    const enough = this.failuresInARow >= failuresInARow || this.timeouts >= timeoutsInARow;
    if (enough && this.circuit.closed) this.circuit.open();
  }

  private opened(): void {
    this.since = new Date();
    // A probe that failed is no news.
    if (this.isOut) return;
    this.isOut = true;
    this.counters.opened += 1;
    this.logger.warn(`Circuit breaker ${this.options.name} opened; probing every ${this.options.resetMs} ms`);
  }

  private closed(): void {
    this.since = new Date();
    this.isOut = false;
    this.logger.log(`Circuit breaker ${this.options.name} closed`);
  }
}
