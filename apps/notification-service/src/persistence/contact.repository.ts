import type { UnitOfWork } from '@app/messaging';
import { selectList } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Contact, StoredContact } from '../domain/recipients';
import { ContactEntity } from './contact.entity';

const COLUMNS = selectList(ContactEntity);

/** SQL of its own: read in the transaction of the notifications it is for. */
const FIND = `SELECT ${COLUMNS} FROM contacts WHERE user_id = ANY ($1::text[])`;

@Injectable()
export class ContactRepository {
  constructor(@InjectRepository(ContactEntity) private readonly contacts: Repository<ContactEntity>) {}

  async find(userId: string): Promise<StoredContact | undefined> {
    const found = await this.contacts.findOneBy({ userId });
    return found === null ? undefined : fromRow(found);
  }

  /** The contacts there are of these users; most have none. */
  async findAll(unitOfWork: UnitOfWork, userIds: readonly string[]): Promise<Map<string, StoredContact>> {
    const distinct = [...new Set(userIds)];
    const rows = await unitOfWork.query<ContactEntity>(FIND, [distinct]);
    return new Map(rows.map((row) => [row.userId, fromRow(row)]));
  }

  /** Replaces a user's contact. */
  async save(unitOfWork: UnitOfWork, userId: string, contact: Contact, now: Date): Promise<StoredContact> {
    const rows = await unitOfWork.query<ContactEntity>(
      `INSERT INTO contacts (user_id, email, phone, channels, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $5)
       ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, phone = excluded.phone,
         channels = excluded.channels, updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
      [userId, contact.email ?? null, contact.phone ?? null, [...contact.channels], now],
    );
    const [row] = rows;
    if (row === undefined) throw new TypeError('an upsert gives a row');
    return fromRow(row);
  }
}

function fromRow(row: ContactEntity): StoredContact {
  return {
    userId: row.userId,
    email: row.email ?? undefined,
    phone: row.phone ?? undefined,
    channels: row.channels,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
