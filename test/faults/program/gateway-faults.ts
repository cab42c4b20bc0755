import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown } from '../../../apps/payment-service/src/gateway/payment-gateway';
import { SimulatedGateway } from '../../../apps/payment-service/src/gateway/simulated-gateway';
import { CallGateway } from '../../../apps/payment-service/src/use-cases/call-gateway';
import { instructions } from './control';
import { pass } from './failpoints';
import { wrap } from '../../programs/wrap';

wrap(CallGateway, 'perform', async (original, args) => {
  const outcome = await original(...args);
  pass('between-gateway-answer-and-commit');
  return outcome;
});

for (const call of ['authorize', 'capture', 'void', 'refund', 'lookup']) {
  wrap(SimulatedGateway, call, async (original, args) => {
    const { gateway = 'normal' } = instructions();
    if (gateway === 'hangs') await hang(args[1] as AbortSignal);
    if (gateway === 'fails_before') throw new OutcomeUnknown('the gateway is down');
    const answer = await original(...args);
    if (gateway === 'fails_after' && call !== 'lookup') throw new OutcomeUnknown('the answer was lost');
    return answer;
  });
}

async function hang(signal: AbortSignal): Promise<never> {
  await delay(600_000, undefined, { signal, ref: false }).catch(() => undefined);
  throw new OutcomeUnknown('no answer in time');
}
