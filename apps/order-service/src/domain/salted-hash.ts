import { createHash } from 'node:crypto';

/** Random bytes of a salt: nobody can try out which user, or which words, a hash was made of. */
export const SALT_BYTES = 16;

/**
 * SHA-256, hexadecimal, of a salt, of what it is the hash of (`user`), and of the text, as a JSON array. Without the salt it says
 * nothing of the text: to forget a person, their salts and texts are deleted, and the audit trail stays as it is.
 */
export function saltedHash(salt: string, of: 'user' | 'customer_reason', text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([salt, of, text]))
    .digest('hex');
}
