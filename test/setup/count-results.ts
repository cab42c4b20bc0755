import { readFileSync } from 'node:fs';

/** The parts of Jest's `--json` that count. */
interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  /** Missing in what other suites write in this form. */
  readonly testResults?: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/*
 * Prints "passed failed" of a Jest run. A suite that could not even be loaded counts as a failure, and so does a skipped
 * test: nothing here is ever left out on purpose. Except, outside of CI, a test whose title says which program is missing on
 * this machine: that one is named.
 */
const file = process.argv[2] ?? '';
const results = JSON.parse(readFileSync(file, 'utf8')) as JestResults;
const inCi = !['', undefined].includes(process.env['CI']);
const lacking = inCi ? [] : skippedForWantOfAProgram(results);
for (const title of lacking) process.stderr.write(`○ ${title}\n`);
const failed =
  results.numFailedTests +
  results.numPendingTests +
  results.numTodoTests +
  results.numRuntimeErrorTestSuites -
  lacking.length;
if (results.numPassedTests + failed === 0) {
  process.stderr.write(`${file}: no test was run\n`);
  process.exit(1);
}
process.stdout.write(`${results.numPassedTests} ${failed}\n`);

function skippedForWantOfAProgram({ testResults = [] }: JestResults): string[] {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  return all.flatMap(({ status, title }) => (status === 'pending' && / is missing: /.test(title) ? [title] : []));
}
