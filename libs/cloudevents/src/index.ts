export { decodeRecord } from './decode-record';
export {
  type Cause,
  type DecodedRecord,
  type DecodingFailure,
  type EventEnvelope,
  type Events,
  type HeaderValue,
  headersOf,
  type RawRecord,
  type ReceivedEvent,
  SEQUENCE_DIGITS,
  type Trace,
} from './envelope';
export { EventCatalogue } from './event-catalogue';
export {
  contractViolations,
  defineEvent,
  type EventDefinition,
  keyProblem,
  ORDER_KEY,
  type PayloadOf,
} from './event-definition';
export {
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
