import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample } from './env-example';
import { read, repository } from './markdown';

// UPDATE_ENV_EXAMPLE=1 npm test -- test/docs/env-example
if (process.env.UPDATE_ENV_EXAMPLE === '1') writeFileSync(join(repository, '.env.example'), envExample());

describe('.env.example', () => {
  it('is what the services’ configuration says', () => {
    expect(read('.env.example')).toBe(envExample());
  });

  it('holds no value that would change anything', () => {
    const lines = read('.env.example').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});
