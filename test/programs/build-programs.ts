import { join } from 'node:path';
import { rspack, type Configuration } from '@rspack/core';
import { withPackages } from '../../rspack.config.js';

const repository = join(import.meta.dirname, '../..');

export interface BuildOptions {
  /** `outside`: in node_modules, where a profile shows which package a function belongs to; by default as in a service. */
  readonly packages?: 'inside' | 'outside';
}

/**
 * Builds variants of the services for tests, as the services themselves are built: `entries` are their entry files by name,
 * and `<output>/<name>.js` the programs.
 */
export async function buildPrograms(
  entries: Readonly<Record<string, string>>,
  output: string,
  { packages = 'inside' }: BuildOptions = {},
): Promise<void> {
  const configurations = Object.entries(entries).map(([name, entry]) => {
    const program = configuration(name, entry, output);
    return packages === 'inside' ? withPackages(`${name}.packages`, program) : { ...program, ...outside };
  });
  await new Promise<void>((resolve, reject) => {
    rspack(configurations, (error, stats) => {
      if (error !== null) reject(error);
      else if (stats?.hasErrors() === true) reject(new Error(stats.toString({ colors: false, errorDetails: true })));
      else resolve();
    });
  });
}

function configuration(name: string, entry: string, output: string): Configuration {
  return {
    entry: { [name]: entry },
    context: repository,
    target: 'node24',
    mode: 'none',
    output: {
      path: output,
      filename: '[name].js',
      chunkFilename: `${name}.packages.[name].js`,
      module: true,
      library: { type: 'module' },
      chunkFormat: 'module',
    },
    module: { rules: [{ test: /\.ts$/, type: 'javascript/esm', loader: 'builtin:swc-loader', options: swc }] },
    resolve: { extensions: ['.ts', '.js'], tsConfig: join(repository, 'tsconfig.json') },
  };
}

const outside: Configuration = {
  devtool: 'source-map',
  externals: ({ request = '' }, done) => {
    if (/^(?:[./]|@app\/)/.test(request)) done();
    else done(undefined, `module ${request}`);
  },
  externalsPresets: { node: true },
  optimization: { nodeEnv: false, runtimeChunk: false, splitChunks: false },
};

const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2024',
  },
};
