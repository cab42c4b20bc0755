import { pino, type DestinationStream, type Logger as Pino, type LoggerOptions as PinoOptions } from 'pino';
import { PinoPretty } from 'pino-pretty';

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** How and under which name a process logs. */
export interface LoggerOptions {
  readonly service: string;
  readonly version: string;
  readonly level: Level;
  /** `auto` writes for people when stdout is a terminal, else JSON lines. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** Where lines go; stdout unless given. */
  readonly destination?: DestinationStream;
}

/** A pino logger whose lines look like all others of the process: level, time, service, version, fields, message. */
export function createPino(options: LoggerOptions, destination: DestinationStream, more: PinoOptions = {}): Pino {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && process.stdout.isTTY);
  return pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      ...more,
    },
    pretty ? PinoPretty({ destination, messageKey: 'message', ignore: 'service,version', sync: true }) : destination,
  );
}
