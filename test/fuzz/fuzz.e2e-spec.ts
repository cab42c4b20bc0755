import { fuzzSystem } from './fuzz-system';
import { StallReport } from '../system/stalls';
import { System } from '../system/system';

let system: System;
const stalls = new StallReport();

beforeAll(async () => {
  system = await System.start({ label: 'fuzz', env: { LOG_LEVEL: 'warn', ...stalls.envOfBuilt } });
});
afterAll(async () => {
  await system.stop();
  stalls.remove();
});

describe('bad input of every kind', () => {
  it.each([
    ['requests', { parts: ['http', 'connections'], requests: 1_500, records: 0 }],
    ['records', { parts: ['consumers'], requests: 0, records: 450 }],
  ])('in %s is refused or put aside, and no neighbour notices', async (_what, plan) => {
    const { findings } = await fuzzSystem(system, { seed: 20_261_122, examples: 0, ...plan }, stalls);
    expect(findings.list).toEqual([]);
    expect(findings.cases).toBeGreaterThan(400);
  });
});
