import { join } from 'node:path';
import type { BenchResult } from '../result';
import { withCalculation } from './document';
import { read, repository } from '../../tools/docs/read-markdown';
import { writeFormatted } from '../../tools/docs/write-formatted';

const PAGE = 'docs/scaling.md';

const result = JSON.parse(read('docs/benchmarks/result.json')) as BenchResult;
await writeFormatted(join(repository, PAGE), withCalculation(read(PAGE), result));
console.log(`wrote ${PAGE}`);
