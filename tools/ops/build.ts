/** Bundles the command line into dist/ops as a service is bundled, with one more file for each command. */
import { join } from 'node:path';
import { rspack, type Configuration } from '@rspack/core';
import { withPackages } from '../../rspack.config.js';
import { repository } from '../stack/paths.ts';

const program = withPackages('packages', {
  entry: { main: join(import.meta.dirname, 'main.ts') },
  context: repository,
  target: 'node24',
  mode: 'none',
  output: {
    path: join(repository, 'dist/ops'),
    filename: '[name].js',
    chunkFilename: '[name].js',
    module: true,
    library: { type: 'module' },
    chunkFormat: 'module',
    clean: true,
  },
  module: {
    rules: [
      {
        test: /\.ts$/,
        type: 'javascript/esm',
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } },
      },
    ],
  },
  resolve: { extensions: ['.ts', '.js'], tsConfig: join(repository, 'tsconfig.json') },
});

/** What several commands load, such as the client of Kafka, is in one file too. */
const shared = { chunks: 'async', minChunks: 2, minSize: 0 } as const;

function withSharedParts(configuration: Configuration): Configuration {
  const { optimization = {} } = configuration;
  const { splitChunks } = optimization;
  const groups = splitChunks === undefined || splitChunks === false ? {} : splitChunks.cacheGroups;
  return { ...configuration, optimization: { ...optimization, splitChunks: { cacheGroups: { ...groups, shared } } } };
}

rspack(withSharedParts(program), (error, stats) => {
  if (error === null && stats?.hasErrors() !== true) return;
  console.error(error ?? stats?.toString({ colors: false, errorDetails: true }));
  process.exitCode = 1;
});
