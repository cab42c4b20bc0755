import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { HIDDEN_CONTROLS } from '../logging/control-characters';

/** Control characters, separators that forge log lines, what is invisible, and what changes how the text around it reads. */
const UNPRINTABLE = new RegExp(`[\\p{Cc}\\u2028\\u2029\\uFEFF${HIDDEN_CONTROLS}]`, 'u');

/**
 * A text of `min` to `max` characters a person could have written: no control characters, none that turn the direction of what
 * follows or hide it (`HIDDEN_CONTROLS`), no half of a surrogate pair, not only white space. Right-to-left scripts are fine without them, and so are joiners. Characters are code points, so an emoji counts as one. Also documents the property.
 */
export function IsPrintable(min = 1, max = 100): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, minLength: min, maxLength: max }),
    ValidateBy({
      name: 'isPrintable',
      validator: {
        validate: (value: unknown) => isPrintable(value, min, max),
        defaultMessage: () => `$property must be a text of ${min} to ${max} printable characters`,
      },
    }),
  );
}

/** The rule of `IsPrintable`. */
export function isPrintable(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string' || value.length > max * 2 || !value.isWellFormed()) return false;
  if (UNPRINTABLE.test(value) || (min > 0 && !/[^\s\p{Cf}\p{Z}]/u.test(value))) return false;
  const length = [...value].length;
  return length >= min && length <= max;
}

/** Bounds of an amount of money, both included, as on the wire: `{ min: 0.01, max: 99999.99 }`. */
export interface MoneyBounds {
  readonly min: number;
  readonly max: number;
}

/**
 * An amount of money: a JSON number (not a text) with two decimals at most, within the bounds. Turn it into
 * minor units with `toMinorUnits`. Also documents the property; `multipleOf: 0.01` would refuse 1299.99, which is no multiple of
 * it in binary floating point.
 */
export function IsMoney({ min, max }: MoneyBounds): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: Number, minimum: min, maximum: max, description: 'At most two decimals' }),
    ValidateBy({
      name: 'isMoney',
      validator: {
        validate: (value: unknown) => isMoney(value, { min, max }),
        defaultMessage: () => `$property must be a number from ${min} to ${max} with at most two decimals`,
      },
    }),
  );
}

/** The rule of `IsMoney`. */
export function isMoney(value: unknown, { min, max }: MoneyBounds): value is number {
  // The shortest text of a double is exact for every amount below 2^53 minor units.
  if (typeof value !== 'number' || !/^-?\d{1,13}(?:\.\d{1,2})?$/.test(String(value))) return false;
  return value >= min && value <= max;
}
