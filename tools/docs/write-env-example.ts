import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample } from './env-example';
import { repository } from './read-markdown';

writeFileSync(join(repository, '.env.example'), envExample());
console.log('wrote .env.example');
