import { envExample } from './env-example';
import { read } from './read-markdown';

describe('.env.example', () => {
  it('is what the services’ configuration says', () => {
    expect(read('.env.example')).toBe(envExample());
  });

  it('holds no value that would change anything', () => {
    const lines = read('.env.example').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});
