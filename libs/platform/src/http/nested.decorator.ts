import { applyDecorators, type Type as Class } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';

const nested = new WeakMap<object, Map<string, () => Class>>();

/**
 * A field that is an object of another DTO, or a list of such objects with `each`: its fields are checked too, and errors point
 * into it. Takes the place of class-validator's `@ValidateNested` and class-transformer's `@Type` in the body of a request.
 */
export function Nested(dto: () => Class, { each = false } = {}): PropertyDecorator {
  const remember: PropertyDecorator = (target, property) => {
    const fields = nested.get(target) ?? new Map<string, () => Class>();
    nested.set(target, fields.set(String(property), dto));
  };
  return applyDecorators(ValidateNested({ each }), Type(dto), remember);
}

/** The DTO of a field that is marked {@link Nested}, also by a class above. */
export function nestedDto(dto: Class, field: string): Class | undefined {
  for (let target: unknown = dto.prototype; typeof target === 'object' && target !== null;) {
    const found = nested.get(target)?.get(field);
    if (found !== undefined) return found();
    target = Object.getPrototypeOf(target);
  }
  return undefined;
}
