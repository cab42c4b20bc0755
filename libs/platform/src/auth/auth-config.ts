import type { ConfigurationProblem } from '../config/configuration.error';
import type { ConfigOf } from '../config/define-config';
import { durationMs, listOf, oneOf, optional, text, url } from '../config/variables';
import { formatApiKey, parseApiKey } from './api-keys';

/** Variables that tell whose credentials a service accepts. */
export function authConfig() {
  return {
    authentication: optional(
      oneOf(['required', 'open'], {
        description:
          'Whether requests need credentials; open makes everybody a developer who may do anything. Default: required once AUTH_ISSUER or AUTH_API_KEYS is set.',
        example: 'required',
      }),
    ),
    authIssuer: optional(
      text({
        description: 'Issuer of the access tokens that are accepted, exactly as in their claim iss.',
        example: 'https://login.example.com/',
      }),
    ),
    authAudience: text({
      description: 'Audience that an access token must name in its claim aud.',
      default: 'order-processing',
    }),
    authJwksUrl: optional(
      url({
        description: 'URL of the JSON Web Key Set with the public keys of the issuer.',
        example: 'https://login.example.com/.well-known/jwks.json',
      }),
    ),
    authJwksFile: optional(
      text({
        description: 'File with the JSON Web Key Set, for an issuer that serves none; read once, at the start.',
        example: '/run/secrets/jwks.json',
      }),
    ),
    authClockToleranceMs: durationMs({
      description: 'How far the clock of the issuer may be from that of the service, in milliseconds.',
      default: 5_000,
    }),
    authApiKeys: listOf({
      description:
        'Keys of programs, each as name:role+role:hash, where hash is the SHA-256 of the key in hexadecimal.',
      default: [],
      example: `shop:service:${'0'.repeat(64)}`,
      expected: 'a comma separated list of name:role+role:hash',
      secret: true,
      entry: parseApiKey,
      formatEntry: formatApiKey,
    }),
  };
}

/** The loaded form of `authConfig`. */
export type AuthConfig = ConfigOf<ReturnType<typeof authConfig>>;

/** Whether requests need credentials. */
export function requiresCredentials({ authentication, authIssuer, authApiKeys }: AuthConfig): boolean {
  if (authentication !== undefined) return authentication === 'required';
  return authIssuer !== undefined || authApiKeys.length > 0;
}

/** What is contradictory or missing, one for each. */
export function authenticationProblems(config: AuthConfig): ConfigurationProblem[] {
  const { authIssuer, authJwksUrl, authJwksFile, authApiKeys } = config;
  const problems: ConfigurationProblem[] = [];
  const hasKeys = authJwksUrl !== undefined || authJwksFile !== undefined;
  if (authIssuer !== undefined && !hasKeys) {
    const expected = 'the URL of the keys of AUTH_ISSUER, or AUTH_JWKS_FILE';
    problems.push({ variable: 'AUTH_JWKS_URL', problem: 'is missing', expected, example: undefined });
  }
  if (authIssuer === undefined && hasKeys) {
    const expected = 'the claim iss of the tokens that the key set is for';
    problems.push({ variable: 'AUTH_ISSUER', problem: 'is missing', expected, example: undefined });
  }
  if (authJwksUrl !== undefined && authJwksFile !== undefined) {
    const expected = 'either AUTH_JWKS_URL or AUTH_JWKS_FILE';
    problems.push({
      variable: 'AUTH_JWKS_FILE',
      problem: 'is given beside AUTH_JWKS_URL',
      expected,
      example: undefined,
    });
  }
  if (requiresCredentials(config) && authIssuer === undefined && authApiKeys.length === 0) {
    const expected = 'an issuer, or AUTH_API_KEYS: without either no request could be let in';
    problems.push({ variable: 'AUTH_ISSUER', problem: 'is missing', expected, example: undefined });
  }
  return problems;
}
