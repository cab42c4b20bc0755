import { jest } from '@jest/globals';
import { freePorts } from './ports';

describe('free ports', () => {
  it('are never the same for two who ask, although nobody listens there yet', async () => {
    const dice = jest.spyOn(Math, 'random');
    for (const roll of [0.25, 0.25, 0.75]) dice.mockReturnValueOnce(roll);
    const ports = [...(await freePorts(1)), ...(await freePorts(1))];
    dice.mockRestore();
    expect(ports).toEqual([16_000, 26_000]);
  });
});
