import { authenticationProblems, type authConfig } from '../auth/auth-config';
import type { ConfigurationProblem } from './configuration.error';
import { type ConfigLoader, type ConfigOf, type ConfigSpec, defineConfig } from './define-config';

/** `defineConfig` for a service: what all services demand of their variables is checked too. */
export function defineServiceConfig<const S extends ConfigSpec & ReturnType<typeof authConfig>>(
  spec: S,
  check: (config: ConfigOf<S>) => readonly ConfigurationProblem[] = () => [],
): ConfigLoader<S> {
  return defineConfig(spec, (config) => [...authenticationProblems(config as never), ...check(config)]);
}
