import { setSourceMapsSupport } from 'node:module';

/*
 * Stack traces in terms of our sources, and of nobody else's: `--enable-source-maps` keeps the maps of every package in
 * memory, some 15 MiB a service. Loaded with `--import`, ahead of the program, whose map Node would not look for otherwise.
 */
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
