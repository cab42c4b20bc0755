import { fallbackDomainOf, loadConfig } from './config';

describe('where users without a contact get their mail', () => {
  it.each([
    [{}, 'example.test'],
    [{ NODE_ENV: 'production' }, undefined],
    [{ NODE_ENV: 'production', DEVELOPMENT_EMAIL_DOMAIN: 'catcher.example.com' }, 'catcher.example.com'],
  ])('with %j it is %s', (env, domain) => {
    expect(fallbackDomainOf(loadConfig(env))).toBe(domain);
  });
});

describe('the configuration', () => {
  it.each([
    ['DEVELOPMENT_EMAIL_DOMAIN', 'exa mple'],
    ['EMAIL_FROM_ADDRESS', 'Orders <orders@example.test>'],
    ['EMAIL_FROM_ADDRESS', 'a@b@c'],
    ['SMTP_URL', 'http://mail'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(name);
  });
});
