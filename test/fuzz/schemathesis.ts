import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paths } from '../../tools/stack/paths.ts';
import type { System } from '../system/system.ts';
import type { Findings } from './findings.ts';

const run = promisify(execFile);
const HOME = join(paths.local, 'fuzz');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/*
 * Left out: `unsupported_method` has not been tried since wrong methods are answered with 405; `positive_data_acceptance` and `negative_data_rejection`
 * know nothing of rules that a schema cannot say (printable text, two decimals) and of JSON that says the same otherwise.
 */
const CHECKS =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance';

/** Runs schemathesis on what each service documents of itself. Needs Python 3.10 or later and, once, its package index. */
export async function runSchemathesis(
  system: System,
  findings: Findings,
  seed: number,
  examples: number,
): Promise<void> {
  const program = await install();
  for (const [service, url] of Object.entries(system.stack.services)) {
    const options = [
      '--checks',
      CHECKS,
      '--max-response-time',
      '10',
      '--max-examples',
      String(examples),
      '--seed',
      String(seed),
    ];
    const command = [
      'run',
      `${url}/docs-json`,
      ...options,
      '--phases',
      'examples,coverage,fuzzing',
      '--warnings',
      'off',
      '--no-color',
    ];
    const { output, failed } = await run(program, command, {
      cwd: HOME,
      maxBuffer: 64 * 1024 * 1024,
      timeout: 900_000,
    }).then(
      ({ stdout }) => ({ output: stdout, failed: false }),
      (error: { stdout?: string }) => ({ output: error.stdout ?? '', failed: true }),
    );
    const cases = Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
    findings.ran(`schemathesis ${service}`, cases);
    if (!failed && cases > 0) continue;
    const what = output.slice(Math.max(0, output.indexOf('FAILURES')));
    findings.add('schemathesis', `${service} breaks its document`, what, `--only schemathesis --seed ${seed}`);
  }
}

/** A virtual environment below .local with exactly the versions of requirements.txt. */
async function install(): Promise<string> {
  const bin = join(HOME, 'venv', 'bin');
  if (!existsSync(bin)) {
    mkdirSync(HOME, { recursive: true });
    await run('python3', ['-m', 'venv', join(HOME, 'venv')]);
  }
  await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
  return join(bin, 'schemathesis');
}
