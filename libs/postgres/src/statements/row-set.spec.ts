import { Column, Entity, PrimaryColumn } from 'typeorm';
import { binaryArray } from './binary-array';
import { columnsOf, selectList } from './entity-columns';
import { rowSet } from './row-set';

@Entity('parcels')
class ParcelEntity {
  @PrimaryColumn('uuid', { name: 'parcel_id' })
  parcelId!: string;

  @Column('integer')
  offset!: number;

  @Column('numeric', { precision: 12, scale: 2, nullable: true })
  weight!: string | null;

  @Column('jsonb')
  contents!: readonly string[];

  @Column({ type: 'text', generatedType: 'STORED', asExpression: 'upper(parcel_id::text)', insert: false })
  label!: string;
}

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('the columns of an entity', () => {
  it('are selected under the names of its properties, without those that PostgreSQL computes', () => {
    expect(selectList(ParcelEntity)).toBe('"parcel_id" AS "parcelId", "offset", "weight", "contents"');
    expect(selectList(ParcelEntity, 'label', 'parcelId')).toBe('"label", "parcel_id" AS "parcelId"');
  });

  it('are columns, and nothing else', () => {
    expect(() => columnsOf(ParcelEntity, 'sender' as never)).toThrow('ParcelEntity has no column sender');
  });
});

describe('a set of rows', () => {
  const parcels = rowSet({ ...columnsOf(ParcelEntity, 'parcelId', 'offset', 'weight'), later: 'bigint' }, 3);

  it('is made of parameters of the types that its entity says', () => {
    expect(parcels.unnest('p')).toBe(
      'unnest($3::uuid[], $4::integer[], $5::numeric[], $6::bigint[]) AS p ("parcel_id", "offset", "weight", "later")',
    );
    expect(parcels.columns()).toBe('"parcel_id", "offset", "weight", "later"');
    expect(parcels.next).toBe(7);
  });

  it('can be a part of itself, with the same parameters', () => {
    expect(parcels.unnest('p', 'weight', 'parcelId')).toBe(
      'unnest($5::numeric[], $3::uuid[]) AS p ("weight", "parcel_id")',
    );
    expect(parcels.assignments('p', 'offset', 'weight')).toBe('"offset" = p."offset", "weight" = p."weight"');
    expect(parcels.array('offset')).toBe('$4::integer[]');
    expect(() => parcels.columns('sender' as never)).toThrow('the set has no column sender');
  });

  it('can be numbered, to keep the order of the rows', () => {
    expect(parcels.numbered('p', 'offset')).toBe('unnest($4::integer[]) WITH ORDINALITY AS p ("offset", n)');
  });

  it('sends an array for each column, in binary form where there is one', () => {
    const rows = [
      { parcelId: ID, offset: 7, weight: '1.50', later: 0 },
      { parcelId: ID, offset: 8, weight: null, later: 1 },
    ];
    expect(parcels.parameters(rows)).toEqual([
      binaryArray('uuid', [ID, ID]),
      binaryArray('integer', [7, 8]),
      '{1.50,NULL}',
      binaryArray('bigint', [0, 1]),
    ]);
    expect(parcels.parameters([])).toEqual([
      binaryArray('uuid', []),
      binaryArray('integer', []),
      '{}',
      binaryArray('bigint', []),
    ]);
  });

  it('writes as JSON what is JSON in the table', () => {
    const [contents] = rowSet(columnsOf(ParcelEntity, 'contents')).parameters([{ contents: ['mouse'] }]);
    expect(contents).toEqual(binaryArray('jsonb', ['["mouse"]']));
  });
});
