import { Logger } from '@nestjs/common';
import { writeFormatted } from '../docs/write-formatted';
import { currentDocuments } from './documents';

/** Writes down what each service serves at `/docs-json`, for whoever makes a client, and for later changes to be held against. */
// TypeORM's module warns of several databases in one process; nothing connects to any here.
Logger.overrideLogger(false);
for (const [service, document] of await currentDocuments(process.cwd())) {
  const file = `openapi/${service}.json`;
  await writeFormatted(file, JSON.stringify(document));
  process.stdout.write(`wrote ${file}\n`);
}
