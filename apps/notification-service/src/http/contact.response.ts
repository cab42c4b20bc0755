import { NOTIFICATION_CHANNELS, type NotificationChannel } from '@app/events';
import { ApiProperty } from '@nestjs/swagger';
import type { StoredContact } from '../domain/recipients';

export class ContactResponse {
  @ApiProperty({ example: 'user_123' })
  readonly user_id!: string;

  @ApiProperty({ type: String, nullable: true, format: 'email', example: 'ada@example.org' })
  readonly email!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'E.164', example: '+491701234567' })
  readonly phone!: string | null;

  @ApiProperty({ enum: NOTIFICATION_CHANNELS, isArray: true, example: ['email', 'sms'] })
  readonly channels!: readonly NotificationChannel[];

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:15:30.045Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T10:15:30.045Z' })
  readonly updated_at!: string;
}

export function toContactResponse(contact: StoredContact): ContactResponse {
  return {
    user_id: contact.userId,
    email: contact.email ?? null,
    phone: contact.phone ?? null,
    channels: contact.channels,
    created_at: contact.createdAt.toISOString(),
    updated_at: contact.updatedAt.toISOString(),
  };
}
