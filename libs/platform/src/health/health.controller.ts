import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Lifecycle, type LifecycleState } from '../lifecycle';
import { ServiceInfo } from '../service-info';
import { HealthRegistry, type CheckedHealth } from './health-registry';

/** Probes and the greeting of a service; documented at each route. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly lifecycle: Lifecycle,
    private readonly service: ServiceInfo,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Service name, version and links' })
  index() {
    return { name: this.service.name, version: this.service.version, docs: '/docs', health: '/health' };
  }

  @Get('health')
  @ApiOperation({
    summary:
      'State of the service (starting, ready, unready, draining) and of each dependency; 503 if a required dependency is down',
  })
  async summary(@Res({ passthrough: true }) reply: FastifyReply) {
    const { name, version } = this.service;
    const checks = await this.registry.check();
    const status = overall(checks);
    answer(reply, status !== 'down');
    const service = { service: name, version, uptime_seconds: Math.round(process.uptime()) };
    const state = stateOf(this.lifecycle, checks);
    return { status, state, ...service, dependencies: describe(checks) };
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Liveness: 503 means that the process should be restarted. Checks no dependency.' })
  async live(@Res({ passthrough: true }) reply: FastifyReply) {
    const checks = await this.registry.check('liveness');
    const alive = checks.every(({ status }) => status !== 'down');
    answer(reply, alive);
    return { status: alive ? 'up' : 'down', checks: describe(checks) };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Readiness: 503 while the service is starting, draining or missing a required dependency' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
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

/** `unready`: it would serve if it could, but something required is down. `ready` exactly when `/health/ready` says 200. */
function stateOf({ state }: Lifecycle, checks: readonly CheckedHealth[]): LifecycleState | 'unready' {
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

function describe(checks: readonly CheckedHealth[]) {
  const rows = checks.map(({ name, status, required, latencyMs, details }) => [
    name,
    { status, required, latency_ms: latencyMs, ...(details === undefined ? {} : { details }) },
  ]);
  return Object.fromEntries(rows) as Record<string, unknown>;
}
