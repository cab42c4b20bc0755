import type { Configuration } from '@rspack/core';

/** A configuration that takes in the packages, in a file named `packages` (and more for what is loaded on demand). */
export function withPackages(packages: string, configuration: Configuration): Configuration;

/** The packages that a built service looks for in node_modules. */
export const OUTSIDE: readonly string[];

/** Files below `root`, relative to it, that are not as the patches in its folder `patches` leave them. */
export function unpatchedFiles(root: string): string[];
