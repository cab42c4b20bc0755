import { SystemClock } from '../clock';
import { TraceSampler } from './sampler';
import type { FinishedSpan } from './span';
import { Tracing } from './tracing';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = `00-${TRACE}-b7ad6b7169203331-01`;

class Kept {
  readonly spans: FinishedSpan[] = [];
  readonly dropped = 0;
  add = (span: FinishedSpan): void => void this.spans.push(span);
  close = (): Promise<void> => Promise.resolve();
}

const recording = (perSecond = 10) => {
  const sampler = new TraceSampler({ sampler: 'parentbased_always_on', ratio: 1, perSecond });
  return new Tracing(new SystemClock(), sampler, new Kept());
};

describe('a request from a caller that traces', () => {
  it('is part of the caller’s trace, with a span id of its own', () => {
    const entered = recording().enter({ traceparent: CALLER, tracestate: 'vendor=1' }, 'change');
    expect(entered.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(entered).toMatchObject({ parentSpanId: 'b7ad6b7169203331', tracestate: 'vendor=1' });
    expect(entered.traceparent).not.toContain('b7ad6b7169203331');
  });

  it('is not sampled when the caller does not, nor when callers ask for more than the limit', () => {
    const tracing = recording(1);
    expect(tracing.enter({ traceparent: CALLER.replace(/1$/, '0') }, 'change').traceparent).toMatch(/-00$/);
    expect(tracing.enter({ traceparent: CALLER }, 'change').traceparent).toMatch(/-01$/);
    expect(tracing.enter({ traceparent: CALLER }, 'change').traceparent).toMatch(/-00$/);
  });
});

describe('a request without a valid traceparent', () => {
  it.each([undefined, 'nonsense', [CALLER, CALLER]])('begins a trace: %j', (traceparent) => {
    const entered = recording().enter({ traceparent, tracestate: 'vendor=1' }, 'change');
    expect(Object.keys(entered)).toEqual(['traceparent']);
    expect(entered.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(entered.traceparent).not.toContain(TRACE);
  });
});

describe('a process that records nothing', () => {
  it('hands on the caller’s trace and decision, and samples nothing itself', () => {
    expect(Tracing.off.enter({ traceparent: CALLER }, 'change').traceparent).toMatch(new RegExp(`^00-${TRACE}.*-01$`));
    expect(Tracing.off.enter({}, 'change').traceparent).toMatch(/-00$/);
    expect(Tracing.off.records(CALLER)).toBe(false);
    Tracing.off.record({} as FinishedSpan);
    expect(Tracing.off.droppedSpans).toBe(0);
  });
});

it('ids of traces and spans do not repeat', () => {
  const contexts = Array.from({ length: 2_000 }, () => Tracing.off.enter({}, 'change').traceparent);
  expect(new Set(contexts.map((context) => context.slice(3, 35))).size).toBe(2_000);
  expect(new Set(contexts.map((context) => context.slice(36, 52))).size).toBe(2_000);
});
