import { join } from 'node:path';
import { rspack, type Configuration } from '@rspack/core';
import { serviceNames, type ServiceName } from '../../infra/local/index.ts';

const repository = join(import.meta.dirname, '../..');
const output = join(repository, '.local', 'faults', 'programs');

/** The built program of a service with failpoints in it. */
export function programOf(service: ServiceName): string {
  return join(output, `${service}.js`);
}

/** Builds the four services once more, with failpoints; takes a second or two. */
export async function buildPrograms(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    rspack(configuration(), (error, stats) => {
      if (error !== null) reject(error);
      else if (stats?.hasErrors() === true) reject(new Error(stats.toString({ colors: false, errorDetails: true })));
      else resolve();
    });
  });
}

function configuration(): Configuration {
  return {
    entry: Object.fromEntries(serviceNames.map((name) => [name, join(import.meta.dirname, 'program', `${name}.ts`)])),
    context: repository,
    target: 'node24',
    mode: 'none',
    devtool: 'source-map',
    output: { path: output, filename: '[name].js', module: true, library: { type: 'module' }, chunkFormat: 'module' },
    externals: ({ request = '' }, done) => {
      // Packages stay where they are, so that the suite patches the very classes the services use.
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
