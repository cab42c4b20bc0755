import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';

/** Size of a page nobody asked for otherwise. */
export const DEFAULT_PAGE_LIMIT = 20;
/** Largest page. */
export const MAX_PAGE_LIMIT = 100;

/**
 * `?limit=` of a list: a whole number from 1 to 100, parsed from the query string. Initialise the property with
 * `DEFAULT_PAGE_LIMIT`, that is what an absent parameter means. Also documents the property.
 */
export function IsPage(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE_LIMIT, default: DEFAULT_PAGE_LIMIT }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value,
    ),
    ValidateBy({
      name: 'isPage',
      validator: {
        validate: (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PAGE_LIMIT,
        defaultMessage: () => `$property must be a whole number from 1 to ${MAX_PAGE_LIMIT}`,
      },
    }),
  );
}

/** The query of every list: extend it with the filters of the list. */
export class PageQuery {
  @IsPage()
  limit: number = DEFAULT_PAGE_LIMIT;

  @ApiPropertyOptional({ description: 'next_cursor of the previous page' })
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  cursor?: string;
}
