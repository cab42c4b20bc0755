import type { Logger as Pino } from 'pino';
import { createPino, type LoggerOptions } from './create-pino';
import { LineBuffer } from './line-buffer';

/**
 * Lines of many things that happen in a short time, at level `info`. They look like those of Nest's `Logger`, but are written
 * together and not within the call: up to 200 ms later, at once when the process exits or dies of an exception. Only a process that
 * is killed (SIGKILL, power) loses the last of them.
 *
 * Nothing is redacted here and no log context is added: a caller writes only what it has made or checked itself.
 */
export class BufferedLog {
  private readonly pino: Pino;

  constructor(options: LoggerOptions) {
    this.pino = createPino(options, options.destination ?? LineBuffer.ofStdout());
  }

  /** Whether lines of this log are written at all, so that nobody words what nobody reads. */
  get isEnabled(): boolean {
    return this.pino.isLevelEnabled('info');
  }

  /** @param fields plain values; a string is written as it is, with JSON's escapes. */
  write(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.pino.info(fields, message);
  }
}
