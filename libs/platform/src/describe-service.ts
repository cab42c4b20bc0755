import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { applicationOptions, serviceImports, type ServiceOptions } from './bootstrap';
import { httpAdapter } from './http/http-adapter';
import { openApiDocument } from './http/open-api';

class DescribedRoot {}

/** What the service serves at `/docs-json`, read from its decorators: nothing is instantiated, and nothing connects. */
export async function describeService(options: ServiceOptions): Promise<OpenAPIObject> {
  const root = { module: DescribedRoot, imports: serviceImports(options) };
  const inPreview = { ...applicationOptions(options), preview: true, logger: false } as const;
  return openApiDocument(await NestFactory.create<NestFastifyApplication>(root, httpAdapter(), inPreview));
}
