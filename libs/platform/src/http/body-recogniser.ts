import type { Type as Class } from '@nestjs/common';
import {
  getFromContainer,
  getMetadataStorage,
  ValidationTypes,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { nestedDto } from './nested.decorator';

/** Whether a value is certainly valid. `false` says nothing: class-validator has the last word, and the words for the refusal. */
export type Recogniser = (value: object) => boolean;

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Rule = (object: object, value: unknown) => boolean;

interface Field {
  readonly name: string;
  /** Whether the rules are to be asked: what `@IsOptional` and `@ValidateIf` say. */
  readonly conditions: readonly Rule[];
  readonly rules: readonly Rule[];
}

/**
 * Recognises valid bodies of a DTO by the very rules of its class-validator decorators, and nothing else: without the copies,
 * and the collecting of errors, that cost more than most of what a request does. Unknown fields are not recognised.
 * @returns undefined when a rule cannot be judged on the spot (promises, asynchronous constraints, groups)
 */
export function recogniserOf(dto: Class): Recogniser | undefined {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  if (metadata.length === 0) return undefined;
  const fields: Field[] = [];
  for (const [name, ofField] of Map.groupBy(metadata, ({ propertyName }) => propertyName)) {
    const field = fieldOf(dto, name, ofField);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  const known = new Set(fields.map(({ name }) => name));
  return (value) => hasOnly(known, value) && fields.every((field) => isValid(field, value));
}

function isValid({ name, conditions, rules }: Field, object: object): boolean {
  const value = (object as Readonly<Record<string, unknown>>)[name];
  for (const condition of conditions) if (!condition(object, value)) return true;
  for (const rule of rules) if (!rule(object, value)) return false;
  return true;
}

function hasOnly(known: ReadonlySet<string>, value: object): boolean {
  for (const field of Object.keys(value)) if (!known.has(field)) return false;
  return true;
}

function fieldOf(dto: Class, name: string, metadata: readonly Metadata[]): Field | undefined {
  const conditions: Rule[] = [];
  const rules: Rule[] = [];
  for (const one of metadata) {
    if (one.type === ValidationTypes.CONDITIONAL_VALIDATION) conditions.push(one.constraints[0] as Rule);
    else {
      const rule = ruleOf(dto, name, one);
      if (rule === undefined) return undefined;
      rules.push(rule);
    }
  }
  return { name, conditions, rules };
}

function ruleOf(dto: Class, name: string, metadata: Metadata): Rule | undefined {
  const { type, validateIf } = metadata;
  // Its type says that it is always there.
  const groups = metadata.groups as readonly string[] | undefined;
  if (groups?.length || validateIf !== undefined) return undefined;
  if (type === ValidationTypes.NESTED_VALIDATION) return nestedRule(nestedDto(dto, name));
  return type === ValidationTypes.CUSTOM_VALIDATION ? constraintRule(dto, name, metadata) : undefined;
}

/** Whether it has to be a list is for the other rules of the field to say. */
function nestedRule(dto: Class | undefined): Rule | undefined {
  const recognise = dto && recogniserOf(dto);
  if (recognise === undefined) return undefined;
  const isObject = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && recognise(value);
  return (_object, value) => (Array.isArray(value) ? value.every(isObject) : isObject(value));
}

function constraintRule(dto: Class, property: string, metadata: Metadata): Rule | undefined {
  const found = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  if (found.length === 0 || found.some((constraint) => constraint.async)) return undefined;
  const validators = found.map(({ target }) => getFromContainer(target as Class<ValidatorConstraintInterface>));
  const constraints = metadata.constraints as unknown[];
  const rule: Rule = (object, value) => {
    const told: ValidationArguments = { targetName: dto.name, property, object, value, constraints };
    return validators.every((validator) => validator.validate(value, told) === true);
  };
  return metadata.each ? (object, value) => Array.isArray(value) && value.every((one) => rule(object, one)) : rule;
}
