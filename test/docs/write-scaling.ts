import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { BenchResult } from '../bench/result';
import { withCalculation } from '../bench/scaling/document';
import { read, repository } from './markdown';

const PAGE = 'docs/scaling.md';

const result = JSON.parse(read('docs/benchmarks/result.json')) as BenchResult;
const page = withCalculation(read(PAGE), result);
const style = await resolveConfig(join(repository, 'package.json'));
writeFileSync(join(repository, PAGE), await format(page, { ...style, filepath: PAGE }));
console.log(`wrote ${PAGE}`);
