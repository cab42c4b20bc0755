import { spanIdOf, traceIdOf } from '@app/cloudevents';
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';
import { createPino, type Level, type LoggerOptions } from './create-pino';
import { currentLogContext } from './log-context';
import { redact, redactText } from './redaction';

const STACK = /\n\s+at /;

/** Where Nest tells, line by line, what it wires at the start. */
const CHATTER = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest logs the error that makes a start fail before it throws it; the bootstrap says it once, and better. */
const REPORTED_BY_BOOTSTRAP = new Set<unknown>(['ExceptionHandler', 'NestApplication']);

/**
 * Nest's logger on pino: `new Logger(Name)` anywhere ends here. A call may carry, after the message, one object
 * of fields, an `Error` (logged under `err` with its stack) or a stack. Every line passes `redact` and carries
 * the current log context.
 */
export class PinoLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(options: LoggerOptions) {
    // Written synchronously, so that nothing is lost when the process ends.
    const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
    this.pino = createPino(options, destination, {
      mixin: contextFields,
      // Errors are described before they come here; pino's own serializer would add all their properties.
      serializers: { err: (err: unknown) => err },
    });
  }

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.write(CHATTER.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    this.write(REPORTED_BY_BOOTSTRAP.has(rest.at(-1)) ? 'debug' : 'error', message, rest);
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const fields = fieldsOf(message, rest);
    const text = message instanceof Error ? message.message : typeof message === 'string' ? message : '';
    this.pino[level](redact(fields) as object, redactText(text));
  }
}

function contextFields(): object {
  const { orderId, eventId, correlationId, requestId, traceparent } = currentLogContext();
  return {
    ...(orderId === undefined ? {} : { order_id: orderId }),
    ...(eventId === undefined ? {} : { event_id: eventId }),
    // Of an event it is as its publisher has it, whoever that was.
    ...(correlationId === undefined ? {} : { correlation_id: redactText(correlationId) }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(traceparent === undefined ? {} : { trace_id: traceIdOf(traceparent), span_id: spanIdOf(traceparent) }),
  };
}

/** Nest appends the context of `new Logger(context)` as the last text; a text with line breaks and "at" is a stack. */
function fieldsOf(message: unknown, rest: readonly unknown[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  add(fields, message instanceof Error || typeof message === 'object' ? message : undefined);
  for (const [index, item] of rest.entries()) {
    if (typeof item === 'string' && index === rest.length - 1 && !STACK.test(item)) fields['context'] = item;
    else add(fields, item);
  }
  return fields;
}

function add(fields: Record<string, unknown>, item: unknown): void {
  if (item === undefined || item === null) return;
  if (item instanceof Error) fields['err'] = item;
  else if (typeof item === 'object') Object.assign(fields, item);
  else if (typeof item === 'string' && STACK.test(item)) fields['err'] ??= { stack: item };
  else fields['extra'] = item;
}
