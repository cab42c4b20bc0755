import { readFileSync } from 'node:fs';

/** The parts of Jest's `--json` that count. */
interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/*
 * Prints "passed failed" of a Jest run. A suite that could not even be loaded counts as a failure, and so does a skipped
 * test: nothing here is ever left out on purpose.
 */
const file = process.argv[2] ?? '';
const results = JSON.parse(readFileSync(file, 'utf8')) as JestResults;
const failed =
  results.numFailedTests + results.numPendingTests + results.numTodoTests + results.numRuntimeErrorTestSuites;
if (results.numPassedTests + failed === 0) {
  process.stderr.write(`${file}: no test was run\n`);
  process.exit(1);
}
process.stdout.write(`${results.numPassedTests} ${failed}\n`);
