import { join } from 'node:path';
import { rspack, type Configuration } from '@rspack/core';

const repository = join(import.meta.dirname, '../..');

/**
 * Builds variants of the services for tests: `entries` are their entry files by name, and `<output>/<name>.js` the programs.
 * Takes a second or two.
 */
export async function buildPrograms(entries: Readonly<Record<string, string>>, output: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    rspack(configuration(entries, output), (error, stats) => {
      if (error !== null) reject(error);
      else if (stats?.hasErrors() === true) reject(new Error(stats.toString({ colors: false, errorDetails: true })));
      else resolve();
    });
  });
}

function configuration(entry: Readonly<Record<string, string>>, output: string): Configuration {
  return {
    entry,
    context: repository,
    target: 'node24',
    mode: 'none',
    devtool: 'source-map',
    output: { path: output, filename: '[name].js', module: true, library: { type: 'module' }, chunkFormat: 'module' },
    externals: ({ request = '' }, done) => {
      // Packages stay where they are, so that a program patches the very classes the service uses.
      if (/^(?:[./]|@app\/)/.test(request)) done();
      else done(undefined, `module ${request}`);
    },
    externalsPresets: { node: true },
    optimization: { nodeEnv: false, runtimeChunk: false, splitChunks: false },
    module: { rules: [{ test: /\.ts$/, type: 'javascript/esm', loader: 'builtin:swc-loader', options: swc }] },
    resolve: { extensions: ['.ts', '.js'], tsConfig: join(repository, 'tsconfig.json') },
  };
}

const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2024',
  },
};
