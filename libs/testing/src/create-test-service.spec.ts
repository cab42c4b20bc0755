import { Clock, commonConfig, defineConfig, Public } from '@app/platform';
import { Controller, Get, Module } from '@nestjs/common';
import { createTestService } from './create-test-service';

const NOON = new Date('2026-01-01T12:00:00Z');

@Public()
@Controller('time')
class TimeController {
  constructor(private readonly clock: Clock) {}

  @Get()
  now() {
    return { now: this.clock.now() };
  }
}

@Module({ controllers: [TimeController] })
class TimeModule {}

const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({ LOG_LEVEL: 'fatal' });

describe('a service of a test', () => {
  it('has its providers replaced where the test says so, and is otherwise as deployed', async () => {
    const options = { name: 'order-service', module: TimeModule, config };
    const app = await createTestService(options, (module) =>
      module.overrideProvider(Clock).useValue({ now: () => NOON }),
    );
    await app.init();
    try {
      const answer = await app.inject({ method: 'GET', url: '/time' });
      expect(answer.json()).toEqual({ now: NOON.toISOString() });
      expect((await app.inject({ method: 'GET', url: '/nowhere' })).json()).toMatchObject({
        code: 'REQUEST.NOT_FOUND',
      });
    } finally {
      await app.close();
    }
  });
});
