import { join } from 'node:path';
import type { BenchResult } from '../bench/result';
import { withCalculation } from '../bench/scaling/document';
import { read, repository } from './markdown';
import { writeFormatted } from './write-formatted';

const PAGE = 'docs/scaling.md';

const result = JSON.parse(read('docs/benchmarks/result.json')) as BenchResult;
await writeFormatted(join(repository, PAGE), withCalculation(read(PAGE), result));
console.log(`wrote ${PAGE}`);
