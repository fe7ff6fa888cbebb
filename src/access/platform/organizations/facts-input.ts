// What the platform says of an organization that is its own business, checked.
import { z } from 'zod'

const key = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must have names of letters, digits, "_", "-" and "."')

export const factsInput = {
  seatLimit: z
    .object({
      seats: z.int().min(0, 'must be at least 0').max(10_000_000, 'must be at most 10000000'),
      rule: z.enum(['warn', 'hold']).default('warn'),
    })
    .nullable(),
  externalId: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters')
    .nullable(),
  metadata: z
    .record(
      key,
      z
        .string()
        .max(500, 'must have values of at most 500 characters')
        .refine((text) => !text.includes('\0'), 'must not contain NUL'),
    )
    .refine((entries) => Object.keys(entries).length <= 50, 'must have at most 50 entries'),
}
