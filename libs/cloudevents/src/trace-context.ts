import type { Trace } from './envelope';

/** Version, trace id, span id, flags. A later version may have more after them. */
const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const LONGEST = 512;
/** One member of a tracestate: a key, perhaps of a tenant, and a value without commas and equals signs. */
const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MOST_MEMBERS = 32;
/** Of a traceparent that {@link readTrace} has given. */
const TRACE_ID = { from: 3, to: 35 };
const SPAN_ID = { from: 36, to: 52 };

/**
 * Reads the header `traceparent` of W3C Trace Context: what anybody may send, so it can be anything.
 * @returns it in version 00, its flags without those that only later versions know; undefined when it is invalid.
 */
function readTraceparent(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = ''] = match;
  if (version === '00' && text.length > 55) return undefined;
  return traceparentOf(traceId, spanId, (parseInt(flags, 16) & 1) === 1);
}

/**
 * Reads the headers `traceparent` and `tracestate`. What is no list of at most 32 members, or longer than the 512 characters that
 * everybody has to hand on, is dropped: it is copied into tables and events. Without a valid traceparent there is no tracestate.
 */
export function readTrace(traceparent: string | undefined, tracestate: string | undefined): Trace {
  const parent = traceparent === undefined ? undefined : readTraceparent(traceparent);
  if (parent === undefined) return {};
  const state = tracestate === undefined ? undefined : readTracestate(tracestate);
  return state === undefined ? { traceparent: parent } : { traceparent: parent, tracestate: state };
}

function readTracestate(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const members = text.split(',').map((member) => member.trim());
  const given = members.filter((member) => member !== '');
  if (given.length === 0 || given.length > MOST_MEMBERS) return undefined;
  return given.every((member) => MEMBER.test(member)) ? given.join(',') : undefined;
}

/** A trace as one text, for a column: the traceparent, then a space and the tracestate if there is one. */
export function traceAsText({ traceparent, tracestate }: Trace): string | null {
  if (traceparent === undefined) return null;
  return tracestate === undefined ? traceparent : `${traceparent} ${tracestate}`;
}

/** What {@link traceAsText} has written. */
export function traceFromText(text: string | null): Trace {
  if (text === null) return {};
  const end = text.indexOf(' ');
  return end < 0 ? { traceparent: text } : { traceparent: text.slice(0, end), tracestate: text.slice(end + 1) };
}

/** @param traceId 32 hexadecimal digits. @param spanId 16 of them. */
export function traceparentOf(traceId: string, spanId: string, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Of a traceparent of version 00, as {@link readTrace} gives it. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(TRACE_ID.from, TRACE_ID.to);
}

/** Of a traceparent of version 00. */
export function spanIdOf(traceparent: string): string {
  return traceparent.slice(SPAN_ID.from, SPAN_ID.to);
}

/** Whether spans of this trace are recorded. */
export function isSampled(traceparent: string | undefined): traceparent is string {
  return traceparent?.endsWith('1') === true;
}

/**
 * The context that an event carries: the trace of what caused it, and a span id of its own, that of the event's way to Kafka. Who
 * sends it, perhaps another process after a restart, has to tell that span's parent too; so the one is computed from the other and the
 * event's id (exclusive or), and nothing has to be stored for it. {@link parentOfSend} is the way back. In a trace that is not
 * sampled nobody goes back: there the span id is of the event's id alone, which costs less.
 */
export function contextOfSend(parent: string, eventId: string): string {
  const spanId = isSampled(parent) ? combined(spanIdOf(parent), eventId) : digitsOf(eventId);
  return parent.slice(0, SPAN_ID.from) + spanId + parent.slice(SPAN_ID.to);
}

/** The span id in which an event was written, from the context that {@link contextOfSend} gave it in a sampled trace. */
export function parentOfSend(context: string, eventId: string): string {
  return combined(spanIdOf(context), eventId);
}

function combined(spanId: string, uuid: string): string {
  const digits = digitsOf(uuid);
  return xor(spanId.slice(0, 8), digits.slice(0, 8)) + xor(spanId.slice(8), digits.slice(8));
}

/** The last 16 digits of a UUID, grouped 8-4-4-4-12. Of version 7 they differ from event to event: random, or counted in a millisecond. */
function digitsOf(uuid: string): string {
  return uuid.slice(19, 23) + uuid.slice(24);
}

function xor(a: string, b: string): string {
  return ((parseInt(a, 16) ^ parseInt(b, 16)) >>> 0).toString(16).padStart(8, '0');
}
