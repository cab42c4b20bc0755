import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { sampleService, send } from '../../test/sample-service';
import { Logger, type LoggerService } from '@nestjs/common';
import { ProblemDetailsFilter } from './problem-details.filter';

let app: NestFastifyApplication;
const lines: unknown[][] = [];
/** Without the access log. */
function note(...line: unknown[]): void {
  if (line.at(-1) === ProblemDetailsFilter.name) lines.push(line);
}

const logger = {
  log: () => undefined,
  warn: note,
  error: note,
} satisfies LoggerService;

beforeAll(async () => {
  app = await sampleService();
  Logger.overrideLogger(logger);
});
afterAll(() => app.close());
beforeEach(() => lines.splice(0));

describe('requests that cannot be served at the moment', () => {
  it('are all answered, and a thousand of them are two lines in the log', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => send(app, 'GET', '/orders/outage')));
      expect(new Set(answers.map(({ response }) => response.statusCode))).toEqual(new Set([503]));
      expect(lines).toMatchObject([
        [
          expect.stringContaining('a dependency is unavailable'),
          { code: 'SERVICE.UNAVAILABLE', err: expect.any(Error) },
          expect.anything(),
        ],
      ]);
      jest.advanceTimersByTime(1_000);
      expect(lines[1]).toMatchObject([
        expect.stringContaining('More requests'),
        { code: 'SERVICE.UNAVAILABLE', count: 999 },
        expect.anything(),
      ]);
      expect(lines).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('faults of ours', () => {
  it('are logged each: somebody has to find every one of them', async () => {
    await Promise.all([send(app, 'GET', '/orders/fault'), send(app, 'GET', '/orders/fault')]);
    expect(lines.map(([text]) => text)).toEqual(['Request failed', 'Request failed']);
  });
});
