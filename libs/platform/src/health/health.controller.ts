import { applyDecorators, Controller, Get, Res, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.decorators';
import { ApiProblems } from '../errors/api-problems.decorator';
import { ApiGroup } from '../http/open-api';
import { Lifecycle } from '../lifecycle';
import { ServiceInfo } from '../service-info';
import { HealthRegistry, type CheckedHealth } from './health-registry';
import {
  CheckResponse,
  HealthResponse,
  IndexResponse,
  LivenessResponse,
  ReadinessResponse,
  type ServiceState,
} from './health.response';

/** Probes and the greeting of a service; documented at each route. */
@ApiGroup('health', 'Whether the service works, for people and for probes.')
@ApiExtraModels(CheckResponse)
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly lifecycle: Lifecycle,
    private readonly service: ServiceInfo,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getIndex',
    summary: 'Read the name and version of the service, and where to look next.',
  })
  @ApiOkResponse({ type: IndexResponse, description: 'Name, version and links.' })
  @ApiProblems(400)
  index(): IndexResponse {
    return { name: this.service.name, version: this.service.version, docs: '/docs', health: '/health' };
  }

  @Get('health')
  @ApiOperation({ operationId: 'getHealth', summary: 'Read the state of the service and of each dependency.' })
  @ApiVerdict(HealthResponse, 'Everything that is required is up.', 'A required dependency is down.')
  async summary(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const { name, version } = this.service;
    const checks = await this.registry.check();
    const status = overall(checks);
    answer(reply, status !== 'down');
    const service = { service: name, version, uptime_seconds: Math.round(process.uptime()) };
    const state = stateOf(this.lifecycle, checks);
    return { status, state, ...service, dependencies: describe(checks) };
  }

  @Get('health/live')
  @ApiOperation({ operationId: 'getLiveness', summary: 'Probe whether the process works. Checks no dependency.' })
  @ApiVerdict(LivenessResponse, 'The process works.', 'The process should be restarted.')
  async live(@Res({ passthrough: true }) reply: FastifyReply): Promise<LivenessResponse> {
    const checks = await this.registry.check('liveness');
    const alive = checks.every(({ status }) => status !== 'down');
    answer(reply, alive);
    return { status: alive ? 'up' : 'down', checks: describe(checks) };
  }

  @Get('health/ready')
  @ApiOperation({ operationId: 'getReadiness', summary: 'Probe whether the service can take requests.' })
  @ApiVerdict(ReadinessResponse, 'The service is ready.', 'Starting, draining, or without what is required.')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessResponse> {
    const { state } = this.lifecycle;
    if (state !== 'ready') {
      answer(reply, false);
      return { status: 'down', state };
    }
    const checks = await this.registry.check('readiness');
    const status = overall(checks);
    answer(reply, status !== 'down');
    return { status, state: stateOf(this.lifecycle, checks), dependencies: describe(checks) };
  }
}

/** A probe answers in one form, whether it is content or not. */
function ApiVerdict(type: Type, good: string, bad: string): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({ type, description: good }),
    ApiServiceUnavailableResponse({ type, description: bad }),
    ApiProblems(),
  );
}

/** `ready` exactly when `/health/ready` says 200. */
function stateOf({ state }: Lifecycle, checks: readonly CheckedHealth[]): ServiceState {
  const isCrippled = overall(checks.filter(({ scope }) => scope === 'readiness')) === 'down';
  return state === 'ready' && isCrippled ? 'unready' : state;
}

function answer(reply: FastifyReply, good: boolean): void {
  void reply.code(good ? 200 : 503).header('cache-control', 'no-store');
}

function overall(checks: readonly CheckedHealth[]): 'up' | 'degraded' | 'down' {
  if (checks.some(({ status, required }) => status === 'down' && required)) return 'down';
  return checks.some(({ status }) => status !== 'up') ? 'degraded' : 'up';
}

function describe(checks: readonly CheckedHealth[]): Record<string, CheckResponse> {
  const rows = checks.map(({ name, status, required, latencyMs, details }) => [
    name,
    { status, required, latency_ms: latencyMs, ...(details === undefined ? {} : { details }) },
  ]);
  return Object.fromEntries(rows) as Record<string, CheckResponse>;
}
