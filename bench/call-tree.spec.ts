import { summarize, treeOfCpu, type CallFrame, type CpuProfile, type Share } from './call-tree';

const frame = (functionName: string, url = '', lineNumber = 0): CallFrame => ({ functionName, url, lineNumber });

/** `work` (ours) calls `query` (of pg) and itself; the machine idles for half of the time. */
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('work', 'file:///srv/dist/apps/order-service/main.js', 9), children: [4, 5] },
    { id: 4, callFrame: frame('query', 'file:///srv/node_modules/pg/lib/client.js', 99) },
    { id: 5, callFrame: frame('work', 'file:///srv/dist/apps/order-service/main.js', 9) },
    { id: 6, callFrame: frame('(garbage collector)') },
  ],
  samples: [2, 3, 4, 5, 6],
  // What follows a sample is the time until the next one; the first is from the start to the first sample.
  timeDeltas: [0, 1_000, 400, 300, 100],
};

const shares = (list: readonly Share[]): Record<string, number> =>
  Object.fromEntries(list.map(({ name, share }) => [name, share]));

describe('the summary of a CPU profile', () => {
  const summary = summarize(treeOfCpu(PROFILE));

  it('leaves idle time out', () => {
    expect(summary.total).toBe(800);
  });

  it('says which package has the time', () => {
    expect(shares(summary.packages)).toEqual({ 'our code': 0.625, pg: 0.375 });
  });

  it('counts a function that calls itself once', () => {
    expect(shares(summary.self)).toEqual({ 'work main.js:10': 0.625, 'query pg/lib/client.js:100': 0.375 });
    expect(shares(summary.inclusive)).toEqual({
      '(root)': 1,
      'work main.js:10': 1,
      'query pg/lib/client.js:100': 0.375,
    });
  });
});

it('puts npm scopes and the parts of Node under their own names', () => {
  const nodes = [
    { id: 1, callFrame: frame('(root)'), children: [2, 3] },
    { id: 2, callFrame: frame('a', 'file:///srv/node_modules/@nestjs/core/router.js') },
    { id: 3, callFrame: frame('b', 'node:internal/streams/readable') },
  ];
  const profile = { nodes, samples: [1, 2, 3], timeDeltas: [0, 0, 10, 30] };
  expect(shares(summarize(treeOfCpu(profile)).packages)).toEqual({
    '@nestjs/core': 0.25,
    'node:internal/streams': 0.75,
  });
});
