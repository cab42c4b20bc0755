import {
  contextOfSend,
  isSampled,
  parentOfSend,
  readTrace,
  spanIdOf,
  traceAsText,
  traceFromText,
  traceIdOf,
  traceparentOf,
} from './trace-context';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;

describe('a traceparent', () => {
  it('is read into its trace id, its span id and whether it is sampled', () => {
    const { traceparent = '' } = readTrace(SAMPLED, undefined);
    expect([traceIdOf(traceparent), spanIdOf(traceparent), isSampled(traceparent)]).toEqual([TRACE, SPAN, true]);
    expect(isSampled(readTrace(`00-${TRACE}-${SPAN}-00`, undefined).traceparent)).toBe(false);
  });

  it.each([
    ['flags that only a later version knows', `00-${TRACE}-${SPAN}-ff`, SAMPLED],
    ['the flag for random ids alone', `00-${TRACE}-${SPAN}-02`, `00-${TRACE}-${SPAN}-00`],
    ['a later version', `cc-${TRACE}-${SPAN}-01`, SAMPLED],
    ['a later version with more behind', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`, SAMPLED],
  ])('with %s is read as version 00', (_, given, expected) => {
    expect(readTrace(given, undefined)).toEqual({ traceparent: expected });
  });

  it.each([
    ['nothing', ''],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['upper case', SAMPLED.toUpperCase()],
    ['more behind it in version 00', `${SAMPLED}-more`],
    ['more behind it without a hyphen in a later version', `cc-${TRACE}-${SPAN}-01.more`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a letter that is no digit', `00-${TRACE.slice(1)}g-${SPAN}-01`],
    ['white space around it', ` ${SAMPLED}`],
    ['a line break behind it', `${SAMPLED}\n`],
    ['half a million characters', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(500_000)}`],
    ['two of them', `${SAMPLED},${SAMPLED}`],
  ])('of %s is none', (_, given) => {
    expect(readTrace(given, 'vendor=1')).toEqual({});
  });
});

describe('a tracestate', () => {
  it.each([
    ['one member', 'vendor=opaque value', 'vendor=opaque value'],
    ['several, with white space and an empty one', 'a=1 , b@c=2,,d/e*f-g_h=:;!', 'a=1,b@c=2,d/e*f-g_h=:;!'],
  ])('of %s is handed on', (_, given, expected) => {
    expect(readTrace(SAMPLED, given)).toEqual({ traceparent: SAMPLED, tracestate: expected });
  });

  it.each([
    ['nothing', ''],
    ['what is no list of members', 'a customer’s name'],
    ['a key that begins with a capital', 'Vendor=1'],
    ['a value with a line break', 'vendor=1\r\nx-admin: true'],
    ['more than 512 characters', `v=${'x'.repeat(511)}`],
    ['more than 32 members', Array.from({ length: 33 }, (_, n) => `v${n}=1`).join(',')],
  ])('of %s is dropped, and the trace is kept', (_, given) => {
    expect(readTrace(SAMPLED, given)).toEqual({ traceparent: SAMPLED });
  });
});

describe('a trace in a column', () => {
  it.each([
    [{}, null],
    [{ traceparent: SAMPLED }, SAMPLED],
    [{ traceparent: SAMPLED, tracestate: 'a=b c,d=e' }, `${SAMPLED} a=b c,d=e`],
  ])('%j comes back as it was', (trace, text) => {
    expect(traceAsText(trace)).toBe(text);
    expect(traceFromText(text)).toEqual(trace);
  });
});

describe('the context that an event carries', () => {
  const parent = traceparentOf(TRACE, SPAN, true);
  const event = '01a22d4c-82f4-767d-aa64-d1cbdd3b3da0';

  it('is of the same trace, with a span id of its own', () => {
    const context = contextOfSend(parent, event);
    expect(context).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(spanIdOf(context)).not.toBe(SPAN);
    expect(spanIdOf(contextOfSend(parent, event.replace(/0$/, '1')))).not.toBe(spanIdOf(context));
  });

  it('has a span id of its own in a trace that is not sampled, too', () => {
    const unsampled = traceparentOf(TRACE, SPAN, false);
    const contexts = ['0', '1', '2'].map((digit) => contextOfSend(unsampled, event.replace(/0$/, digit)));
    for (const context of contexts) expect(readTrace(context, undefined)).toEqual({ traceparent: context });
    expect(new Set([unsampled, ...contexts]).size).toBe(4);
  });

  it('leads back to the span in which the event was written', () => {
    for (const spanId of [SPAN, '0000000000000001', 'ffffffffffffffff', '8000000000000000', '00000000ffffffff']) {
      const context = contextOfSend(traceparentOf(TRACE, spanId, true), event);
      expect(parentOfSend(context, event)).toBe(spanId);
    }
  });
});
