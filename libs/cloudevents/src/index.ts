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
  readTraceparent,
  spanIdOf,
  traceIdOf,
  traceparentOf,
} from './traceparent';
