import type { NotificationChannel } from '@app/events';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How a customer wants to be reached; the only place in the system that knows. */
@Entity('contacts')
@Check('contacts_channels_check', `channels <@ ARRAY['email', 'sms'] AND cardinality(channels) BETWEEN 1 AND 2`)
@Check('contacts_check', `email IS NOT NULL OR NOT 'email' = ANY (channels)`)
@Check('contacts_check1', `phone IS NOT NULL OR NOT 'sms' = ANY (channels)`)
export class ContactEntity {
  @PrimaryColumn('text', { name: 'user_id' })
  userId!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text', { nullable: true })
  phone!: string | null;

  @Column('text', { array: true })
  channels!: NotificationChannel[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
