import { loadConfig } from './config';

describe('payments through Stripe', () => {
  it('need both secrets, and are told so at once', () => {
    expect(() => loadConfig({ PAYMENT_GATEWAY: 'stripe' })).toThrow(/STRIPE_SECRET_KEY[^]*STRIPE_WEBHOOK_SECRET/);
  });

  it('print no secret when something else is wrong', () => {
    const env = { PAYMENT_GATEWAY: 'stripe', STRIPE_SECRET_KEY: 'sk_live_planted', PORT: 'x' };
    expect(() => loadConfig(env)).toThrow(expect.not.stringContaining('planted') as string);
    expect(() => loadConfig({ ...env, PORT: '1' })).toThrow('STRIPE_WEBHOOK_SECRET');
  });
});
