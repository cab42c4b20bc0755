import { customCleanEnv, EnvMissingError, makeExactValidator } from 'envalid';
import { ConfigurationError, type ConfigurationProblem } from './configuration.error';
import type { Variable } from './variables';

/** camelCase key of the code → variable; `kafkaBootstrapServers` reads `KAFKA_BOOTSTRAP_SERVERS`. */
export type ConfigSpec = Readonly<Record<string, Variable<unknown>>>;

/** What a loader of this spec returns: the same keys, deeply frozen. */
export type ConfigOf<S extends ConfigSpec> = {
  readonly [K in keyof S]: S[K] extends Variable<infer T> ? T : never;
};

/** Parses an environment. Callable as often as one likes; it keeps nothing. */
export interface ConfigLoader<S extends ConfigSpec> {
  /** Throws one `ConfigurationError` naming all problems. An empty variable counts as absent. */
  (env?: Readonly<Record<string, string | undefined>>): ConfigOf<S>;
  readonly spec: S;
  /**
   * The same on `process.env`, for `config.ts` of a service, which is evaluated before anything could catch:
   * a `ConfigurationError` is printed without stack on stderr and ends the process with exit code 1.
   */
  orExit(): ConfigOf<S>;
}

/**
 * Turns a spec into its typed loader. The names of the environment appear nowhere else in the code.
 * @param check What one variable demands of another; asked once each is right by itself. Must name no secret.
 */
export function defineConfig<const S extends ConfigSpec>(
  spec: S,
  check: (config: ConfigOf<S>) => readonly ConfigurationProblem[] = () => [],
): ConfigLoader<S> {
  const load = (env: Readonly<Record<string, string | undefined>> = process.env): ConfigOf<S> => {
    const config = parse(spec, env);
    const problems = check(config);
    if (problems.length > 0) throw new ConfigurationError(problems);
    return config;
  };
  const orExit = (): ConfigOf<S> => {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return process.exit(1);
    }
  };
  return Object.assign(load, { spec, orExit });
}

/** `kafkaBootstrapServers` → `KAFKA_BOOTSTRAP_SERVERS`. */
export function environmentName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function parse<S extends ConfigSpec>(spec: S, env: Readonly<Record<string, string | undefined>>): ConfigOf<S> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const validators: Record<string, ReturnType<typeof envalidSpec>> = {};
  for (const [key, variable] of Object.entries(spec)) validators[environmentName(key)] = envalidSpec(variable);
  const cleaned: Readonly<Record<string, unknown>> = customCleanEnv(
    present,
    validators,
    (values): Record<string, unknown> => Object.assign({}, values),
    {
      reporter: ({ errors }) => report(spec, errors, present),
    },
  );
  const entries = Object.keys(spec).map((key) => [key, Object.freeze(cleaned[environmentName(key)])]);
  return Object.freeze(Object.fromEntries(entries)) as ConfigOf<S>;
}

function envalidSpec(variable: Variable<unknown>) {
  const fallback = variable.default === undefined && variable.required ? {} : { default: variable.default };
  const validator = makeExactValidator<unknown>((text) => variable.parse(text))();
  return { ...validator, desc: variable.description, ...fallback };
}

function report(
  spec: ConfigSpec,
  errors: Readonly<Record<string, Error | undefined>>,
  env: Readonly<Record<string, unknown>>,
): void {
  const problems: ConfigurationProblem[] = [];
  for (const [key, variable] of Object.entries(spec)) {
    const name = environmentName(key);
    const error = errors[name];
    if (error === undefined) continue;
    const shown = variable.secret ? '' : ` (it is ${JSON.stringify(env[name])})`;
    const problem = error instanceof EnvMissingError ? 'is missing' : `${error.message}${shown}`;
    problems.push({ variable: name, problem, expected: variable.expected, example: exampleOf(variable) });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** What to show a person as a working value: the example, else the default. */
export function exampleOf(variable: Variable<unknown>): string | undefined {
  return variable.example ?? (variable.default === undefined ? undefined : variable.format(variable.default));
}
