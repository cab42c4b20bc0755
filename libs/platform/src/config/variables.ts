import { EnvError } from 'envalid';

/** What a variable's author says about it; `description` and `example` end up in error messages and `.env.example`. */
export interface VariableOptions<T> {
  /** One sentence for the person who has to set it, units included. */
  readonly description: string;
  /** Used when the variable is absent or empty. Without one the variable is required (see `optional`). */
  readonly default?: T;
  readonly example?: string;
  /** The value is never printed, neither in an error nor in a log. */
  readonly secret?: boolean;
}

/** One environment variable: how its text becomes a `T`, and how it is described. Made by the functions below. */
export interface Variable<T> {
  readonly description: string;
  readonly default: T | undefined;
  readonly example: string | undefined;
  readonly secret: boolean;
  readonly required: boolean;
  /** Completes the sentence "expected …". */
  readonly expected: string;
  /** Throws `EnvError` with a message that does not contain the text. */
  parse(text: string): T;
  /** The inverse of `parse`, for documentation. */
  format(value: T): string;
}

interface Kind<T> {
  readonly expected: string;
  parse(text: string): T;
  format?(value: T): string;
}

function variable<T>(options: VariableOptions<T>, kind: Kind<T>): Variable<T> {
  return {
    description: options.description,
    default: options.default,
    example: options.example,
    secret: options.secret ?? false,
    required: options.default === undefined,
    expected: kind.expected,
    parse: (text) => kind.parse(text),
    format: (value) => kind.format?.(value) ?? String(value),
  };
}

/** The same variable, but absence is fine and yields `undefined`. */
export function optional<T>(inner: Variable<T>): Variable<T | undefined> {
  return { ...inner, required: false, format: (value) => (value === undefined ? '' : inner.format(value)) };
}

/** Any text that is not only white space; surrounding white space is removed. */
export function text(options: VariableOptions<string>): Variable<string> {
  return variable(options, {
    expected: 'a text',
    parse(value) {
      const trimmed = value.trim();
      if (trimmed === '') throw new EnvError('is blank');
      return trimmed;
    },
  });
}

/**
 * An absolute URL whose scheme is one of `protocols` (written without colon; default http and https).
 * Declare it `secret` when it can carry a password. The text is kept as written.
 */
export function url(options: VariableOptions<string> & { readonly protocols?: readonly string[] }): Variable<string> {
  const protocols = options.protocols ?? ['http', 'https'];
  return variable(options, {
    expected: `a URL starting with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    parse(value) {
      const parsed = URL.parse(value);
      if (parsed === null) throw new EnvError('is not a URL');
      if (!protocols.includes(parsed.protocol.slice(0, -1))) throw new EnvError('has another scheme');
      if (parsed.hostname === '') throw new EnvError('names no host');
      return value;
    },
  });
}

/** A TCP port, 0 (any free one) to 65535. */
export function port(options: VariableOptions<number>): Variable<number> {
  return variable(options, {
    expected: 'a port number between 0 and 65535',
    parse: (value) => integer(value, 0, 65_535),
  });
}

/** A comma separated list of `host:port`, white space allowed; yields `['host:port', …]`, at least one. */
export function hostList(options: VariableOptions<readonly string[]>): Variable<readonly string[]> {
  return variable<readonly string[]>(options, {
    expected: 'a comma separated list of host:port',
    parse(value) {
      const hosts = value.split(',').map((host) => host.trim());
      for (const host of hosts) {
        const match = /^(?:\[[0-9a-f:.]+\]|[^\s:/@]+):(\d{1,5})$/i.exec(host);
        if (match === null || Number(match[1]) > 65_535) throw new EnvError('has an entry which is not host:port');
      }
      return hosts;
    },
    format: (hosts) => hosts.join(','),
  });
}

/**
 * A comma separated list, white space allowed, empty only by default; `entry` reads one of its entries and answers `undefined` for
 * what is none. `expected` completes the sentence "expected …".
 */
export function listOf<T>(
  options: VariableOptions<readonly T[]> & {
    readonly expected: string;
    readonly entry: (text: string) => T | undefined;
    readonly formatEntry: (value: T) => string;
  },
): Variable<readonly T[]> {
  return variable<readonly T[]>(options, {
    expected: options.expected,
    parse(value) {
      return value.split(',').map((part) => {
        const entry = options.entry(part.trim());
        if (entry === undefined) throw new EnvError('has an entry that is none');
        return entry;
      });
    },
    format: (entries) => entries.map((entry) => options.formatEntry(entry)).join(','),
  });
}

/** A whole number, 1 to `max` (default 2^31 - 1). */
export function positiveInt(options: VariableOptions<number> & { readonly max?: number }): Variable<number> {
  const max = options.max ?? 2_147_483_647;
  return variable(options, {
    expected: options.max === undefined ? 'a whole number of at least 1' : `a whole number between 1 and ${max}`,
    parse: (value) => integer(value, 1, max),
  });
}

/** A whole number, 0 to `max`. */
export function nonNegativeInt(options: VariableOptions<number> & { readonly max: number }): Variable<number> {
  return variable(options, {
    expected: `a whole number between 0 and ${options.max}`,
    parse: (value) => integer(value, 0, options.max),
  });
}

/** A duration in whole milliseconds, 0 to one week. Timers of Node overflow beyond 24 days, hence the limit. */
export function durationMs(options: VariableOptions<number>): Variable<number> {
  return variable(options, {
    expected: 'a duration in milliseconds between 0 and 604800000',
    parse: (value) => integer(value, 0, 604_800_000),
  });
}

/** A comma separated list of durations in whole milliseconds, white space allowed; yields `[1000, 5000]`, at least one. */
export function durationListMs(options: VariableOptions<readonly number[]>): Variable<readonly number[]> {
  return variable<readonly number[]>(options, {
    expected: 'a comma separated list of durations in milliseconds between 0 and 604800000',
    parse: (value) => value.split(',').map((entry) => integer(entry, 0, 604_800_000)),
    format: (durations) => durations.join(','),
  });
}

/** A decimal number between 0 and 1, both included. */
export function ratio(options: VariableOptions<number>): Variable<number> {
  return variable(options, {
    expected: 'a number between 0 and 1',
    parse(value) {
      const number = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(value.trim()) ? Number(value) : NaN;
      if (!(number >= 0 && number <= 1)) throw new EnvError('is not between 0 and 1');
      return number;
    },
  });
}

/** One of a closed set of words, exactly as written. */
export function oneOf<const T extends string>(words: readonly T[], options: VariableOptions<NoInfer<T>>): Variable<T> {
  return variable<T>(options, {
    expected: `one of ${words.join(', ')}`,
    parse(value) {
      const word = words.find((candidate) => candidate === value.trim());
      if (word === undefined) throw new EnvError('is none of the possible values');
      return word;
    },
  });
}

/** `true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`, in any case. */
export function bool(options: VariableOptions<boolean>): Variable<boolean> {
  return variable(options, {
    expected: 'true or false',
    parse(value) {
      const word = value.trim().toLowerCase();
      if (['true', '1', 'yes', 'on'].includes(word)) return true;
      if (['false', '0', 'no', 'off'].includes(word)) return false;
      throw new EnvError('is neither true nor false');
    },
  });
}

function integer(value: string, min: number, max: number): number {
  const number = /^\d{1,15}$/.test(value.trim()) ? Number(value) : NaN;
  if (!(number >= min && number <= max)) throw new EnvError('is not in the allowed range of whole numbers');
  return number;
}
