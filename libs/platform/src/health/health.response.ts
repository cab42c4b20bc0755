import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { LifecycleState } from '../lifecycle';

const STATES = ['starting', 'ready', 'unready', 'draining'] as const satisfies readonly ServiceState[];

/** The state of the process, and `unready` when it would serve if it could, but something required is down. */
export type ServiceState = LifecycleState | 'unready';

const STATE = {
  enum: STATES,
  description: 'unready: it would serve, but something required is down; draining: it is being stopped',
  example: 'ready',
} as const;

/** One thing the process depends on, or is checked for. */
export class CheckResponse {
  @ApiProperty({ enum: ['up', 'degraded', 'down'], description: 'What the last check found', example: 'up' })
  readonly status!: 'up' | 'degraded' | 'down';

  @ApiProperty({ description: 'Whether the service is down without it; otherwise it is degraded', example: true })
  readonly required!: boolean;

  @ApiProperty({ description: 'How long the check took, in milliseconds', example: 1.3 })
  readonly latency_ms!: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Numbers and short words that are its own',
    example: { reason: 'connection refused' },
  })
  readonly details?: Readonly<Record<string, unknown>>;
}

const checks = (description: string) =>
  ({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/CheckResponse' },
    description,
    example: { postgresql: { status: 'up', required: true, latency_ms: 1.3 } },
  }) as const;

/** The greeting of a service. */
export class IndexResponse {
  @ApiProperty({ description: 'Name of the service', example: 'order-service' })
  readonly name!: string;

  @ApiProperty({ description: 'Version that is running', example: '1.4.0' })
  readonly version!: string;

  @ApiProperty({ description: 'Path of the documentation', example: '/docs' })
  readonly docs!: string;

  @ApiProperty({ description: 'Path of the health page', example: '/health' })
  readonly health!: string;
}

export class HealthResponse {
  @ApiProperty({
    enum: ['up', 'degraded', 'down'],
    description: 'down: something required is down; degraded: something else is',
    example: 'up',
  })
  readonly status!: 'up' | 'degraded' | 'down';

  @ApiProperty(STATE)
  readonly state!: ServiceState;

  @ApiProperty({ description: 'Name of the service', example: 'order-service' })
  readonly service!: string;

  @ApiProperty({ description: 'Version that is running', example: '1.4.0' })
  readonly version!: string;

  @ApiProperty({ type: 'integer', description: 'Age of the process, in seconds', example: 4711 })
  readonly uptime_seconds!: number;

  @ApiProperty(checks('What the service depends on, by name'))
  readonly dependencies!: Readonly<Record<string, CheckResponse>>;
}

export class LivenessResponse {
  @ApiProperty({ enum: ['up', 'down'], description: 'down: the process should be restarted', example: 'up' })
  readonly status!: 'up' | 'down';

  @ApiProperty(checks('What the process is checked for, by name; nothing outside of it'))
  readonly checks!: Readonly<Record<string, CheckResponse>>;
}

export class ReadinessResponse {
  @ApiProperty({ enum: ['up', 'degraded', 'down'], description: 'down: send no requests', example: 'up' })
  readonly status!: 'up' | 'degraded' | 'down';

  @ApiProperty(STATE)
  readonly state!: ServiceState;

  @ApiPropertyOptional(checks('What the service depends on, by name; absent while it is starting or draining'))
  readonly dependencies?: Readonly<Record<string, CheckResponse>>;
}
