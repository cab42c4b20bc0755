import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rspack } from '@rspack/core';

/*
 * A service that loads its packages from node_modules reads some four thousand files and keeps them all: two seconds of CPU
 * time at each start, and 20 MiB of heap. So a build puts them into one file beside the program: see docs/adr/0010.
 */

/** TypeORM takes in the drivers of all databases it knows, a fifth of all packages; DriverFactory asks for them by these names. */
const OTHER_DATABASES = /^\.\/(?!postgres\/)[\w-]+\/\w+Driver$/;

/** Stay in node_modules: they look for files of their own beside their code, or are made for the machine. Images have these only. */
export const OUTSIDE = ['pino', 'pino-pretty', 'swagger-ui-dist', '@fastify/static', 'snappy', 'lz4-napi'];
const OF_OUTSIDE = new RegExp(`^(?:${OUTSIDE.join('|')})(?:/|$)`);

/** The packages' file: without source maps, whose memory is better spent, and so with every name as it was written. */
const PACKAGES = /packages(?:\.\w+)?\.js$/;

/** Whether a package is there; many load one of several if they find it. */
function isInstalled(request, context) {
  try {
    createRequire(join(context, '_.js')).resolve(request);
    return true;
  } catch (error) {
    return error.code !== 'MODULE_NOT_FOUND';
  }
}

function isBuiltin(request) {
  return request.startsWith('node:') || builtinModules.includes(request);
}

/** What a patch says of a file: its name, and how the hash begins that git has for it afterwards; zeros when it is deleted. */
const PATCHED_FILE = /^diff --git a\/(\S+) .*\n(?:(?:new|deleted) file .*\n)?index \w+\.\.(\w+)/gm;

/** Files below `root` that are not as the patches in its folder `patches` leave them. */
export function unpatchedFiles(root) {
  const folder = join(root, 'patches');
  // In the order in which they are applied: the last one that touches a file has the last word.
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const wanted = new Map(
    texts.flatMap((text) => [...text.matchAll(PATCHED_FILE)].map(([, file, hash]) => [file, hash])),
  );
  return [...wanted].filter(([file, hash]) => !hashInGit(join(root, file)).startsWith(hash)).map(([file]) => file);
}

function hashInGit(file) {
  if (!existsSync(file)) return '0'.repeat(40);
  const content = readFileSync(file);
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/**
 * patch-package is a development dependency and runs after an installation: `npm ci --omit=dev` or `--ignore-scripts` leaves packages as
 * they were published, without a word. @throws Error
 */
function expectPatches() {
  const files = unpatchedFiles(import.meta.dirname);
  if (files.length === 0) return;
  throw new Error(
    `Packages are not as patches/ leaves them: ${files.slice(0, 3).join(', ')}${files.length > 3 ? ' …' : ''}. ` +
      'Run `npm ci`, or `npx patch-package` after `npm ci --ignore-scripts`. ' +
      'If you have changed the package yourself, store that with `npx patch-package <package>`.',
  );
}

/** A configuration that takes in the packages, in a file named `packages` (and more for what is loaded on demand). */
export function withPackages(packages, configuration) {
  return {
    ...configuration,
    externals: [
      ({ request = '', context = '', dependencyType }, done) => {
        if (OTHER_DATABASES.test(request) && /[\\/]typeorm[\\/]driver$/.test(context)) done(undefined, 'var {}');
        else if (!isBuiltin(request) && !OF_OUTSIDE.test(request)) done();
        else done(undefined, `${dependencyType === 'commonjs' ? 'node-commonjs' : 'module'} ${request}`);
      },
    ],
    externalsPresets: { node: false },
    // @nestjs/typeorm asks for TypeORM this way too: left alone, that would be a second copy, from node_modules.
    module: { ...configuration.module, parser: { javascript: { createRequire: true } } },
    devtool: false,
    optimization: {
      nodeEnv: false,
      runtimeChunk: false,
      // Modules of which nothing is used are left out, where their package says that they may be.
      providedExports: true,
      usedExports: true,
      sideEffects: true,
      splitChunks: {
        cacheGroups: {
          default: false,
          defaultVendors: false,
          packages: { test: /[\\/]node_modules[\\/]/, name: packages, chunks: 'initial', enforce: true },
        },
      },
      minimize: true,
      minimizer: [
        // Blanks and comments only: class and function names are read at run time.
        new rspack.SwcJsMinimizerRspackPlugin({
          include: PACKAGES,
          extractComments: false,
          // One character beyond Latin-1 would make V8 keep the whole file in two bytes for each.
          minimizerOptions: { compress: false, mangle: false, minify: true, module: true, format: { asciiOnly: true } },
        }),
      ],
    },
    plugins: [
      new rspack.SourceMapDevToolPlugin({ filename: '[file].map', exclude: PACKAGES, noSources: false }),
      new rspack.IgnorePlugin({
        checkResource: (request, context) =>
          /^[a-z@]/i.test(request) &&
          context.includes('node_modules') &&
          !isBuiltin(request) &&
          !isInstalled(request, context),
      }),
    ],
  };
}

/** For Nest's CLI. While one develops, `nest start --watch` leaves the packages where they are: it is the faster build. */
export default function configure(defaults) {
  expectPatches();
  // Whatever is written into dist now need not be what the sources say when somebody starts it: see ensure_built in tools/node.sh.
  rmSync(join(import.meta.dirname, 'dist', '.built-from'), { force: true });
  if (process.argv.some((argument) => argument === '--watch' || argument === '-w')) return {};
  const { output } = defaults;
  const folder = dirname(output.filename);
  return withPackages('packages', {
    ...defaults,
    output: { ...output, filename: `${folder}/[name].js`, chunkFilename: `${folder}/packages.[name].js` },
  });
}
