import { RateLimit } from './rate-limit';

/** The values of `OTEL_TRACES_SAMPLER` that need nobody else to decide. */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** How traces are chosen. */
export interface SamplingRules {
  readonly sampler: SamplerName;
  /** Share of the traces that a `traceidratio` takes, 0 to 1. */
  readonly ratio: number;
  /** Most traces that begin here in a second, whoever asks for them. */
  readonly perSecond: number;
}

/** What is known of a trace when it arrives or begins. */
export interface TraceBeginning {
  readonly traceId: string;
  /** What the caller has decided; undefined when there is none. */
  readonly parentSampled: boolean | undefined;
  readonly purpose: TracePurpose;
}

/**
 * `change`: of data. `read`: it changes nothing; such requests come often, and must not use up what others need. `observe`: of the
 * process itself, by a machine; it is recorded only when the caller asks for that.
 */
export type TracePurpose = 'change' | 'read' | 'observe';

/** Digits of the trace id that decide, and how many values they have: 52 bits, which a number holds exactly. */
const DECIDING_DIGITS = 13;
const VALUES = 2 ** 52;

/**
 * Decides, where a trace enters the system, whether its spans are recorded; everybody after that follows. A caller that asks for it is
 * believed up to the same limit, so that nobody outside can make us record everything.
 */
export class TraceSampler {
  private readonly changes: RateLimit;
  private readonly reads: RateLimit;
  private readonly callers: RateLimit;

  /** @param now milliseconds from any point in time on. */
  constructor(
    private readonly rules: SamplingRules,
    now: () => number = () => performance.now(),
  ) {
    this.changes = new RateLimit(rules.perSecond, now);
    this.reads = new RateLimit(rules.perSecond, now);
    this.callers = new RateLimit(rules.perSecond, now);
  }

  isSampled({ traceId, parentSampled, purpose }: TraceBeginning): boolean {
    const { sampler } = this.rules;
    if (sampler.startsWith('parentbased_') && parentSampled !== undefined) {
      return parentSampled && this.callers.take();
    }
    if (purpose === 'observe' || !this.isChosen(traceId)) return false;
    return (purpose === 'read' ? this.reads : this.changes).take();
  }

  private isChosen(traceId: string): boolean {
    const { sampler, ratio } = this.rules;
    if (sampler.endsWith('always_off')) return false;
    if (sampler.endsWith('always_on')) return true;
    return parseInt(traceId.slice(-DECIDING_DIGITS), 16) >= (1 - ratio) * VALUES;
  }
}
