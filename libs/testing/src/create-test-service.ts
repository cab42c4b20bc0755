import { applicationOptions, httpAdapter, prepareService, serviceImports, type ServiceOptions } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';

/**
 * A service as it is deployed, built by Nest's testing module, so that a test can take the place of what it names:
 * `createTestService(options, (module) => module.overrideProvider(EmailSender).useValue(fake))`. Neither started nor
 * initialised; close it with `app.close()`.
 */
export async function createTestService(
  options: ServiceOptions,
  override: (module: TestingModuleBuilder) => TestingModuleBuilder = (module) => module,
): Promise<NestFastifyApplication> {
  const testing = await override(Test.createTestingModule({ imports: serviceImports(options) })).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(httpAdapter(), applicationOptions(options));
  return prepareService(app, options);
}
