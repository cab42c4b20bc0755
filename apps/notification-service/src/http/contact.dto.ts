import { NOTIFICATION_CHANNELS, type NotificationChannel } from '@app/events';
import { IsPrintable } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsIn,
  IsNotEmpty,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';

/** ASCII, and no quotes: nothing a header or a list of recipients could be made of. Write an international domain as xn--…. */
const PLAIN_MAILBOX = /^[!#-'*+\-./0-9=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,253}$/;

export class ContactPath {
  @ApiProperty({ example: 'user_123' })
  @IsPrintable(1, 100)
  user_id!: string;
}

export class ContactDto {
  @ApiPropertyOptional({ format: 'email', example: 'ada@example.org' })
  @ValidateIf((contact: ContactDto) => contact.email !== undefined || wants(contact, 'email'))
  @IsNotEmpty({ message: 'email is required for the channel email' })
  @IsString()
  @MaxLength(254)
  @IsEmail()
  @Matches(PLAIN_MAILBOX, { message: 'email must be a plain mail address' })
  email?: string;

  @ApiPropertyOptional({ description: 'E.164', example: '+491701234567' })
  @ValidateIf((contact: ContactDto) => contact.phone !== undefined || wants(contact, 'sms'))
  @IsNotEmpty({ message: 'phone is required for the channel sms' })
  @IsString()
  @Matches(/^\+[1-9]\d{6,14}$/, { message: 'phone must be a number in E.164 form, like +491701234567' })
  phone?: string;

  @ApiProperty({ enum: NOTIFICATION_CHANNELS, isArray: true, example: ['email', 'sms'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NOTIFICATION_CHANNELS.length)
  @ArrayUnique()
  @IsIn(NOTIFICATION_CHANNELS, { each: true })
  channels!: NotificationChannel[];
}

function wants({ channels }: ContactDto, channel: NotificationChannel): boolean {
  return Array.isArray(channels) && channels.includes(channel);
}
