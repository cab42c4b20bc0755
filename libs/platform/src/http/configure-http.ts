import { SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemDetailsFilter } from '../errors/problem-details.filter';
import { Lifecycle } from '../lifecycle';
import { ServiceInfo } from '../service-info';
import { Metrics } from '../metrics/metrics';
import { Tracing } from '../tracing/tracing';
import { installAccessLog } from './access-log';
import { measureRequests } from './http-metrics';
import { readJsonBodies } from './json-body';
import { refuseWrongMethods } from './method-not-allowed';
import { refuseWhatNodeAnswers } from './node-level-refusals';
import { openApiDocument } from './open-api';
import { installRequestContext } from './request-context';
import { installServerSpans } from './server-spans';
import { UnknownQueryGuard } from './unknown-query.guard';
import { validationPipe } from './validation.pipe';

/**
 * Gives an application the HTTP behaviour of all services: log context, access log, validation, problem details,
 * Swagger UI at `/docs` and the document at `/docs-json`. Call it once, before the application is initialised.
 * The application must have been created with `bodyParser: false`: only JSON bodies are read.
 */
export function configureHttp(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const lifecycle = app.get(Lifecycle);
  const tracing = app.get(Tracing);
  readJsonBodies(server);
  installRequestContext(server, tracing);
  installServerSpans(server, tracing);
  installAccessLog(server);
  measureRequests(server, app.get(Metrics));
  refuseWhatNodeAnswers(server);
  refuseWrongMethods(server);
  // A client that keeps its connection goes elsewhere with its next request instead of meeting a closed socket.
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (lifecycle.state === 'draining') void reply.header('connection', 'close');
    done(null, payload);
  });
  app.useGlobalFilters(new ProblemDetailsFilter());
  app.useGlobalGuards(new UnknownQueryGuard());
  app.useGlobalPipes(validationPipe());
  const { name } = app.get(ServiceInfo);
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: name,
  });
}
