import { readFileSync } from 'node:fs';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Clock } from '../clock';
import { StartupError } from '../errors/startup.error';
import { messageOf } from '../errors/message-of';
import { AccessGuard } from './access.guard';
import { ApiKeys } from './api-keys';
import { type AuthConfig, requiresCredentials } from './auth-config';
import { Authentication } from './authentication';
import { BearerAuthentication } from './bearer-authentication';
import { OpenAuthentication } from './open-authentication';
import { TokenVerifier } from './token-verifier';

/** How long the issuer may take to send its keys, and how long they are kept, in milliseconds. */
const KEYS_TIMEOUT_MS = 3_000;
const KEYS_KEPT_MS = 600_000;
/** The least time between two requests for keys that a token names and we do not have. */
const KEYS_COOLDOWN_MS = 10_000;

/** Puts the guard before every route of the service. */
@Global()
@Module({})
export class AuthModule {
  static forRoot(config: AuthConfig): DynamicModule {
    return {
      module: AuthModule,
      providers: [
        { provide: Authentication, useFactory: (clock: Clock) => authenticationOf(config, clock), inject: [Clock] },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [Authentication],
    };
  }
}

function authenticationOf(config: AuthConfig, clock: Clock): Authentication {
  const credentials = new BearerAuthentication(new ApiKeys(config.authApiKeys), tokensOf(config, clock));
  return requiresCredentials(config) ? credentials : new OpenAuthentication(credentials);
}

function tokensOf(config: AuthConfig, clock: Clock): TokenVerifier | undefined {
  const { authIssuer: issuer, authAudience: audience, authClockToleranceMs } = config;
  if (issuer === undefined) return undefined;
  return new TokenVerifier(
    keysOf(config),
    { issuer, audience, clockToleranceSeconds: authClockToleranceMs / 1_000 },
    clock,
  );
}

function keysOf({ authJwksUrl, authJwksFile = '' }: AuthConfig): JWTVerifyGetKey {
  if (authJwksUrl !== undefined) {
    const times = { timeoutDuration: KEYS_TIMEOUT_MS, cacheMaxAge: KEYS_KEPT_MS, cooldownDuration: KEYS_COOLDOWN_MS };
    return createRemoteJWKSet(new URL(authJwksUrl), times);
  }
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(authJwksFile, 'utf8')) as JSONWebKeySet);
  } catch (error) {
    throw new StartupError(`AUTH_JWKS_FILE cannot be used: ${messageOf(error)}`);
  }
}
