import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiTags, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ServiceInfo } from '../service-info';

const descriptions = new Map<string, string>();

/** What every service has comes after what only it has. */
const LAST = ['failed messages', 'health', 'problems'];

const CONVENTIONS = `Errors are problem details (RFC 9457): \`code\` is stable, and \`type\` is the path of a page that explains it.
Amounts are numbers with at most two decimals. Times are UTC. Fields and query parameters that are not documented are refused.
\`x-roles\` names who may call an operation; where it is missing, anybody may.
A client has to live with new fields in answers, and with new values where an answer names one of several.`;

/** Puts the operations of a controller under a heading of the document, and says what is under it. */
export function ApiGroup(name: string, description: string): ClassDecorator {
  descriptions.set(name, description);
  return applyDecorators(ApiTags(name));
}

/** The OpenAPI 3.1 document of an application: what it serves at `/docs-json`. Reads decorators only. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const { name, version, description = '' } = app.get(ServiceInfo);
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(name)
    .setVersion(version)
    .setDescription([description, CONVENTIONS].filter((text) => text !== '').join('\n\n'))
    .addServer('/', 'The service that answers with this document')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'An access token of the issuer (RFC 9068), or the API key of a program. Not needed where AUTHENTICATION is open.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const operation of operationsOf(document)) if ('x-roles' in operation) operation.security = [{ bearer: [] }];
  const { contact: _, ...info } = document.info;
  const license: { name: string; identifier: string } = { name: 'MIT', identifier: 'MIT' };
  // What asks for credentials says so itself; the rest is open to anybody.
  return { ...document, info: { ...info, license }, security: [], tags: tagsOf(document) };
}

type Operation = { tags?: string[]; security?: Record<string, string[]>[] };

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths).flatMap((path) => Object.values(path) as Operation[]);
}

function tagsOf(document: OpenAPIObject): { name: string; description: string }[] {
  const operations = operationsOf(document);
  const names = [...new Set(operations.flatMap(({ tags = [] }) => tags))];
  return names
    .toSorted((one, other) => LAST.indexOf(one) - LAST.indexOf(other))
    .map((name) => ({ name, description: descriptions.get(name) ?? '' }));
}
