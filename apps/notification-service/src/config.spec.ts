import { fallbackDomainOf, loadConfig } from './config';

describe('where users without a contact get their mail', () => {
  it.each([
    [{}, 'example.test'],
    [{ NODE_ENV: 'production' }, undefined],
    [{ NODE_ENV: 'production', DEVELOPMENT_EMAIL_DOMAIN: 'catcher.example.com' }, 'catcher.example.com'],
  ])('with %j it is %s', (env, domain) => {
    expect(fallbackDomainOf(loadConfig({ ...env, SMS_ALLOW_CONSOLE: 'true' }))).toBe(domain);
  });
});

describe('an SMS provider', () => {
  it('needs a secret to sign with', () => {
    expect(() => loadConfig({ SMS_WEBHOOK_URL: 'https://sms.example.test' })).toThrow('SMS_WEBHOOK_SECRET is missing');
    expect(loadConfig({ SMS_WEBHOOK_URL: 'https://sms.example.test', SMS_WEBHOOK_SECRET: 's' })).toBeDefined();
  });
});

describe('a service in production', () => {
  it('does not start when nobody sends its SMS, unless it is told that the log will do', () => {
    const production = { NODE_ENV: 'production' };
    expect(() => loadConfig(production)).toThrow(/SMS_WEBHOOK_URL is missing[^]*SMS_ALLOW_CONSOLE=true/);
    expect(loadConfig({ ...production, SMS_ALLOW_CONSOLE: 'true' }).smsAllowConsole).toBe(true);
    const provider = { SMS_WEBHOOK_URL: 'https://sms.example.test', SMS_WEBHOOK_SECRET: 's' };
    expect(loadConfig({ ...production, ...provider })).toBeDefined();
    expect(loadConfig({}).smsAllowConsole).toBe(false);
  });
});

describe('the configuration', () => {
  it.each([
    ['DEVELOPMENT_EMAIL_DOMAIN', 'exa mple'],
    ['EMAIL_FROM_ADDRESS', 'Orders <orders@example.test>'],
    ['EMAIL_FROM_ADDRESS', 'a@b@c'],
    ['SMTP_URL', 'http://mail'],
    ['SMS_WEBHOOK_URL', 'ftp://sms'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(name);
  });
});
