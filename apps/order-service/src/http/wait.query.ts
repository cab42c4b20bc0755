import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';

const LONGEST_WAIT_MS = 30_000;

export class WaitQuery {
  /** Milliseconds, once parsed. */
  @ApiPropertyOptional({
    type: String,
    pattern: '^[0-9]{1,5}(ms|s)$',
    example: '10s',
    description: 'Wait until the order is confirmed or cancelled, at most this long; maximum 30s.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => parseWait(value))
  @ValidateBy({
    name: 'isWait',
    validator: {
      validate: (value: unknown) => typeof value === 'number' && value <= LONGEST_WAIT_MS,
      defaultMessage: () => '$property must be a time such as 10s or 500ms, at most 30s',
    },
  })
  wait?: number;
}

function parseWait(value: unknown): unknown {
  const match = typeof value === 'string' ? /^(\d{1,5})(ms|s)$/.exec(value) : null;
  return match === null ? value : Number(match[1]) * (match[2] === 's' ? 1_000 : 1);
}
