import { plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Min,
  MinLength,
  validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  Validate,
} from 'class-validator';
import fc from 'fast-check';
import { recogniserOf } from './body-recogniser';
import { Nested } from './nested.decorator';

class Line {
  @IsString()
  @MinLength(2)
  sku!: string;

  @IsInt()
  @Min(1)
  count!: number;
}

class Base {
  @IsIn(['a', 'b'])
  kind!: string;
}

class Body extends Base {
  @IsArray()
  @ArrayMaxSize(2)
  @Nested(() => Line, { each: true })
  lines!: Line[];

  @IsOptional()
  @Nested(() => Line)
  first?: Line;

  @IsOptional()
  @IsIn(['x', 'y'], { each: true })
  tags?: string[];

  @ValidateIf((body: Body) => body.kind === 'b')
  @IsString()
  why?: string;
}

const line = { sku: 'ab', count: 1 };
const recognise = recogniserOf(Body)!;

describe('a body', () => {
  it.each<[string, object]>([
    ['with what is needed', { kind: 'a', lines: [line] }],
    ['with everything', { kind: 'b', lines: [], first: line, tags: ['x', 'y'], why: 'so' }],
    ['without what is optional', { kind: 'a', lines: [line, line], first: null }],
  ])('is recognised %s', (_what, body) => expect(recognise(body)).toBe(true));

  it.each<[string, object]>([
    ['a field is missing', { kind: 'a' }],
    ['an inherited rule is broken', { kind: 'c', lines: [] }],
    ['a field is unknown', { kind: 'a', lines: [], more: 1 }],
    ['a field of a nested object is unknown', { kind: 'a', lines: [{ ...line, more: 1 }] }],
    ['a nested rule is broken', { kind: 'a', lines: [{ ...line, count: 0 }] }],
    ['a list is no list', { kind: 'a', lines: line }],
    ['a nested object is a list', { kind: 'a', lines: [[]] }],
    ['one of a list breaks a rule', { kind: 'a', lines: [], tags: ['x', 'z'] }],
    ['a condition asks for more', { kind: 'b', lines: [] }],
    ['it has a member of every object', JSON.parse('{"kind":"a","lines":[],"__proto__":{}}') as object],
  ])('is left to class-validator when %s', (_what, body) => expect(recognise(body)).toBe(false));

  it('is never recognised when class-validator refuses it', async () => {
    const field = <Value>(good: fc.Arbitrary<Value>) =>
      fc.oneof({ weight: 5, arbitrary: good }, fc.jsonValue({ maxDepth: 2 }));
    const lineLike = field(fc.record({ sku: field(fc.string({ maxLength: 3 })), count: field(fc.nat(2)) }));
    const body = fc.record(
      {
        kind: field(fc.constantFrom('a', 'b')),
        lines: field(fc.array(lineLike, { maxLength: 3 })),
        first: field(lineLike),
        tags: field(fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 2 })),
        why: field(fc.string()),
      },
      { requiredKeys: ['kind', 'lines'] },
    );
    let recognised = 0;
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        if (!recognise(value)) return;
        recognised += 1;
        const options = { whitelist: true, forbidNonWhitelisted: true };
        expect(await validate(plainToInstance(Body, structuredClone(value)), options)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(recognised).toBeGreaterThan(30);
  });
});

describe('a DTO', () => {
  it('whose rules take their time cannot be recognised', () => {
    @ValidatorConstraint({ async: true })
    class AskSomebody {
      validate = () => Promise.resolve(true);
    }
    class Slow {
      @Validate(AskSomebody)
      field!: string;
    }
    expect(recogniserOf(Slow)).toBeUndefined();
  });

  it('with rules for some groups, or of unknown nested objects, cannot be recognised', () => {
    class Grouped {
      @IsString({ groups: ['admin'] })
      field!: string;
    }
    class Unknown {
      @ValidateNested()
      field!: Line;
    }
    expect([recogniserOf(Grouped), recogniserOf(Unknown), recogniserOf(class {})]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
