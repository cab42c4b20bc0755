import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrapService, commonConfig, defineConfig, Lifecycle, Public } from '@app/platform';

// The smallest service there is, run as a process of its own by bootstrap.int-spec.ts.
const config = defineConfig(commonConfig({ port: 0, databaseUser: 'trial_service' })).orExit();

@Public()
@Controller()
class TrialController {
  constructor(lifecycle: Lifecycle) {
    lifecycle.onDrain(() => sleep(Number(process.env['TRIAL_DRAIN_MS'] ?? 100)), 'slow hook');
  }

  @Get('slow/:ms')
  async slow(@Param('ms') ms: string) {
    await sleep(Number(ms));
    return { slept: Number(ms) };
  }

  @Get('forgotten')
  forgotten() {
    void Promise.reject(new Error('nobody waits for this'));
    return {};
  }
}

@Module({ controllers: [TrialController] })
class TrialModule {}

await bootstrapService({ name: 'trial-service', module: TrialModule, config });
