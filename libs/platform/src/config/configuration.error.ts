/** One variable that stops a service from starting. Contains no secret, so it may be printed. */
export interface ConfigurationProblem {
  readonly variable: string;
  /** Completes the sentence "<variable> …", for example `is missing`. */
  readonly problem: string;
  readonly expected: string;
  readonly example: string | undefined;
}

/**
 * Everything that is wrong with the environment, at once; the message is made to be read by the person who
 * has to correct it. A stack trace would add nothing: whoever prints this error prints the message only.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(`Invalid configuration:\n${problems.map(line).join('\n')}`);
  }
}

function line({ variable, problem, expected, example }: ConfigurationProblem): string {
  const hint = example === undefined ? '' : ` (for example ${variable}=${example})`;
  return `  - ${variable} ${problem}; expected ${expected}${hint}`;
}
