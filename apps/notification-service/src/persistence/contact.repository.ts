import type { NotificationChannel } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Contact, StoredContact } from '../domain/recipients';

interface ContactRow {
  readonly user_id: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly channels: NotificationChannel[];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const SELECT = 'SELECT user_id, email, phone, channels, created_at, updated_at FROM contacts';

@Injectable()
export class ContactRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(userId: string): Promise<StoredContact | undefined> {
    const [row] = await this.dataSource.query<ContactRow[]>(`${SELECT} WHERE user_id = $1`, [userId]);
    return row && fromRow(row);
  }

  /** The contacts there are of these users; most have none. */
  async findAll(unitOfWork: UnitOfWork, userIds: readonly string[]): Promise<Map<string, StoredContact>> {
    const distinct = [...new Set(userIds)];
    const rows = await unitOfWork.query<ContactRow>(`${SELECT} WHERE user_id = ANY ($1::text[])`, [distinct]);
    return new Map(rows.map((row) => [row.user_id, fromRow(row)]));
  }

  /** Replaces a user's contact. */
  async save(unitOfWork: UnitOfWork, userId: string, contact: Contact, now: Date): Promise<StoredContact> {
    const rows = await unitOfWork.query<ContactRow>(
      `INSERT INTO contacts (user_id, email, phone, channels, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $5)
       ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, phone = excluded.phone,
         channels = excluded.channels, updated_at = excluded.updated_at
       RETURNING user_id, email, phone, channels, created_at, updated_at`,
      [userId, contact.email ?? null, contact.phone ?? null, [...contact.channels], now],
    );
    const [row] = rows;
    if (row === undefined) throw new TypeError('an upsert gives a row');
    return fromRow(row);
  }
}

function fromRow(row: ContactRow): StoredContact {
  return {
    userId: row.user_id,
    email: row.email ?? undefined,
    phone: row.phone ?? undefined,
    channels: row.channels,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
