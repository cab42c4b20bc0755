import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentContracts, incompatibilities, type Contracts } from './contracts';

const file = join(import.meta.dirname, '../../libs/events/contracts.json');
const published = JSON.parse(readFileSync(file, 'utf8')) as Contracts;

/** As it would be read from a file: what `structuredClone` makes belongs to another realm under Jest, and equals nothing. */
function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

describe('the published contracts', () => {
  it('are still kept by the code', () => {
    expect(incompatibilities(published, currentContracts())).toEqual([]);
  });

  it('are written down as they are: npm run docs', () => {
    expect(published).toEqual(currentContracts());
  });
});

describe('a changed contract', () => {
  const before: Contracts = {
    'thing_done/1': {
      type: 'object',
      required: ['kind', 'items'],
      properties: {
        kind: { enum: ['a', 'b'] },
        note: { type: 'string' },
        items: { type: 'array', items: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } },
      },
    },
  };
  const changed = (change: (schema: Record<string, never>) => void): string[] => {
    const now = copyOf(before) as Record<string, never>;
    change(now['thing_done/1']!);
    return incompatibilities(before, now);
  };
  interface Editable {
    required: string[];
    properties: Record<string, Record<string, unknown>> & {
      items: { items: { required: string[]; properties: Record<string, unknown> } };
    };
  }

  it.each<[string, (schema: Editable) => void, RegExp]>([
    [
      'gains a value of an enumeration',
      ({ properties }) => (properties.kind = { enum: ['a', 'b', 'c'] }),
      /\/kind has other rules/,
    ],
    ['loses a field', ({ properties }) => delete properties.note, /\/note is gone/],
    ['makes a field required', ({ required }) => required.push('note'), /\/note has become required/],
    ['makes a field optional', ({ required }) => required.shift(), /\/kind is no longer required/],
    [
      'requires a field in a list',
      ({ properties }) => properties.items.items.required.push('size'),
      /\/items\[\]\/size has become required/,
    ],
  ])('that %s is refused', (_, change, says) => {
    expect(changed(change as never).join()).toMatch(says);
  });

  it('may gain optional fields, at any level, and versions beside it', () => {
    const now = copyOf(before) as Record<string, unknown>;
    const { properties } = now['thing_done/1'] as Editable;
    properties.added = { type: 'string' };
    properties.items.items.properties.added = { type: 'string' };
    now['thing_done/2'] = { type: 'object' };
    expect(incompatibilities(before, now as Contracts)).toEqual([]);
  });

  it('may not go', () => {
    expect(incompatibilities(before, {}).join()).toMatch(/thing_done\/1 is gone/);
  });
});
