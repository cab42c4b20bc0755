import type { Configuration } from '@rspack/core';

/** What makes a configuration take in the packages, in a file named `packages` (and more for what is loaded on demand). */
export function withPackages(packages: string): Configuration;
