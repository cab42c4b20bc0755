import type { Type } from '@nestjs/common';

const OPTIONAL = new WeakSet<Type>();

/** A request with this DTO as its body may come without a body, and is then validated as if it had been `{}`. */
export function OptionalBody(): ClassDecorator {
  return (dto) => void OPTIONAL.add(dto as unknown as Type);
}

/** Whether the DTO is marked with {@link OptionalBody}. */
export function isOptionalBody(dto: Type | undefined): boolean {
  return dto !== undefined && OPTIONAL.has(dto);
}
