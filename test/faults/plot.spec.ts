import { plot } from './plot';

describe('the plot of a scenario', () => {
  it('says the name of each fault when the mouse is over its band, in every panel', () => {
    const bands = [
      { what: 'Kafka is down & out', from: 1_000, to: 2_000 },
      { what: 'lag < 5', from: 3_000, to: Infinity },
    ];
    const samples = [0, 4_000].map((at) => ({ at, lag: 1, outbox: 1, residentMiB: {} }));
    const svg = plot({ title: 'S0', entries: [], samples, bands, end: 4_000 });
    expect(svg.match(/<title>Kafka is down &amp; out<\/title><\/polygon>/g)).toHaveLength(4);
    expect(svg.match(/<title>lag &lt; 5<\/title><\/polygon>/g)).toHaveLength(4);
  });
});
