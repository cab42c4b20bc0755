import { Outage } from './outage';

function watched() {
  const lines: string[] = [];
  let now = 0;
  const write = (message: string, fields: object) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const outage = new Outage(
    { log: write, warn: write },
    { failing: 'Sending failed', working: 'Sending again' },
    () => now,
  );
  return { outage, lines, at: (ms: number) => (now = ms) };
}

describe('an outage', () => {
  it('is logged at once, then once a minute with how often it has failed', () => {
    const { outage, lines, at } = watched();
    for (let second = 0; second <= 121; second += 1) {
      at(second * 1_000);
      outage.failed(new Error('no route'), { broker: 'b' });
    }
    expect(lines).toEqual([
      'Sending failed: no route {"broker":"b"}',
      'Sending failed: no route {"broker":"b","failures":60,"failing_for_s":60}',
      'Sending failed: no route {"broker":"b","failures":60,"failing_for_s":120}',
    ]);
  });

  it('has an end, which says how long it lasted and what waited', () => {
    const { outage, lines, at } = watched();
    outage.failed(new Error('no route'));
    at(41_000);
    outage.ended('1204 events waited');
    outage.ended();
    expect(lines.slice(1)).toEqual(['Sending again after 41 s; 1204 events waited {"outage_s":41}']);
    expect(outage.isOngoing).toBe(false);
  });

  it('that follows another is logged at once', () => {
    const { outage, lines } = watched();
    outage.failed('a');
    outage.ended();
    outage.failed('b');
    expect(lines).toHaveLength(3);
  });

  it('of which nothing was heard for five minutes is over, and nobody knows when', () => {
    const { outage, lines, at } = watched();
    outage.failed('a');
    at(301_000);
    outage.ended();
    expect(lines).toHaveLength(1);
    outage.failed('b');
    expect(lines.at(-1)).toBe('Sending failed: b {}');
  });

  it('that is none has no end', () => {
    const { outage, lines } = watched();
    outage.ended();
    expect(lines).toEqual([]);
  });
});
