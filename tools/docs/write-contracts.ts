import { existsSync, readFileSync } from 'node:fs';
import { writeFormatted } from './write-formatted';
import { currentContracts, incompatibilities, type Contracts } from './contracts';

/*
 * Writes down what the contracts are, so that a later change can be held against it; refuses to write down one that breaks what
 * was published.
 */
const file = 'libs/events/contracts.json';
const published = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Contracts) : {};
const contracts = currentContracts();
const broken = incompatibilities(published, contracts);
if (broken.length > 0) {
  process.stderr.write(`${broken.join('\n')}\n`);
  process.exitCode = 1;
} else {
  await writeFormatted(file, JSON.stringify(contracts));
  process.stdout.write(`wrote ${file}\n`);
}
