import { ValidationPipe, type ArgumentMetadata, type Type } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { recogniserOf, type Recogniser } from './body-recogniser';
import { isOptionalBody } from './optional-body.decorator';
import { DomainError, type FieldError } from '../errors/domain.error';

const MAX_DEPTH = 32;
const MAX_ERRORS = 100;
const PREFIX: Readonly<Record<string, string>> = { body: '', query: '#/query', param: '#/path', custom: '' };

/** Internal to the pipe: the place (body, query, path) is not known where the fields are collected. */
class FieldErrors extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('fields are invalid');
  }
}

/**
 * The pipe for all HTTP input: unknown fields are refused, all violations are reported together, and nothing is
 * converted unless the DTO says so (`@Type`, `@IsPage`). Refusals are `DomainError`s `REQUEST.INVALID` (400).
 *
 * Pointers: for the body a JSON pointer into it, with exact indices (`/items/0/price`; the empty pointer is the
 * body itself); for the rest of the request `#/query/limit` and `#/path/order_id`.
 *
 * A body that is certainly valid is recognised by the same rules without class-validator (`recogniserOf`), which costs a
 * fraction; its nested objects stay plain. `recognise: false` asks class-validator about every body.
 */
export function validationPipe({ recognise = true } = {}): ValidationPipe {
  return new RequestValidationPipe(recognise);
}

class RequestValidationPipe extends ValidationPipe {
  private readonly recognisers = new Map<Type, Recogniser | undefined>();

  constructor(private readonly recognise: boolean) {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: false,
      validationError: { target: false, value: false },
      transformOptions: { enableImplicitConversion: false },
      exceptionFactory: (errors: ValidationError[]) => new FieldErrors(errors),
    });
  }

  override async transform(given: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype, type } = metadata;
    const value = bodyOr(given, metadata);
    if (this.recognise && type === 'body' && metatype !== undefined && isObject(value) && !Array.isArray(value)) {
      if (this.recogniserFor(metatype)?.(value) === true) return Object.assign(new metatype() as object, value);
    }
    const prefix = PREFIX[metadata.type] ?? '';
    if (this.toValidate(metadata)) refuseShape(value, metadata);
    try {
      const result: unknown = await super.transform(value, metadata);
      return result;
    } catch (error) {
      if (error instanceof FieldErrors) throw invalidRequest(flatten(error.errors, prefix));
      throw error;
    }
  }

  private recogniserFor(dto: Type): Recogniser | undefined {
    if (!this.recognisers.has(dto))
      this.recognisers.set(dto, this.toValidate({ type: 'body', metatype: dto }) ? recogniserOf(dto) : undefined);
    return this.recognisers.get(dto);
  }
}

/** What was given; a body that may be left out, and was, stands for `{}`. */
function bodyOr(given: unknown, { metatype, type }: ArgumentMetadata): unknown {
  return given === undefined && type === 'body' && isOptionalBody(metatype) ? {} : given;
}

/** The refusal of one or several fields; for checks that decorators cannot express. */
export function invalidRequest(errors: readonly FieldError[]): DomainError {
  const [first] = errors;
  const message =
    errors.length === 1 && first !== undefined
      ? `The request is not valid: ${first.detail}.`
      : `The request is not valid: ${errors.length} problems, see errors.`;
  return new DomainError({ code: 'REQUEST.INVALID', kind: 'invalid', message, errors });
}

function bodyMissing(): DomainError {
  const message = 'The body is empty; JSON is expected.';
  return new DomainError({ code: 'REQUEST.MALFORMED_JSON', kind: 'invalid', message });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function refuseShape(value: unknown, { type }: ArgumentMetadata): void {
  const pointer = PREFIX[type] ?? '';
  if (value === undefined && type === 'body') throw bodyMissing();
  if (value === undefined || value === null) return;
  if (!isObject(value) || Array.isArray(value)) {
    throw invalidRequest([{ pointer, detail: 'a JSON object is expected', code: 'isObject' }]);
  }
  const errors = findUnsafe(value, pointer);
  if (errors.length > 0) throw invalidRequest(errors);
}

/**
 * What class-transformer would choke on or silently drop: too deep nesting, and fields named like members of every
 * object (`constructor`). Level by level, without recursion: it may be fifty thousand levels deep.
 */
function findUnsafe(root: object, pointer: string): FieldError[] {
  const found: FieldError[] = [];
  let level: { readonly value: object; readonly at: string }[] = [{ value: root, at: pointer }];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) {
      return [{ pointer, detail: `nesting is limited to ${MAX_DEPTH} levels`, code: 'maxDepth' }];
    }
    level = level.flatMap(({ value, at }) =>
      Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
        if (key in Object.prototype) found.push(unknownField(key, `${at}/${key}`));
        return isObject(inner) ? [{ value: inner, at: `${at}/${escape(key)}` }] : [];
      }),
    );
  }
  return found.slice(0, MAX_ERRORS);
}

function unknownField(name: string, pointer: string): FieldError {
  return { pointer, detail: `${name.slice(0, 100)} is not a known field`, code: 'whitelistValidation' };
}

/** RFC 6901. */
function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function flatten(errors: readonly ValidationError[], prefix: string): FieldError[] {
  const found: FieldError[] = [];
  for (const error of errors) collect(error, prefix, found);
  return found.slice(0, MAX_ERRORS);
}

function collect(error: ValidationError, parent: string, found: FieldError[]): void {
  const { property, constraints = {}, children = [] } = error;
  const pointer = `${parent}/${escape(property)}`;
  for (const [code, message] of Object.entries(constraints)) {
    if (code === 'whitelistValidation') found.push(unknownField(property, pointer));
    else found.push({ pointer, detail: readable(code, property, message), code });
  }
  // An object where a list belongs has no fields worth talking about.
  if (!('isArray' in constraints)) for (const child of children) collect(child, pointer, found);
}

function readable(code: string, property: string, message: string): string {
  if (code !== 'nestedValidation') return message;
  return /^\d+$/.test(property) ? 'must be an object' : `${property} must be an object or a list of objects`;
}
