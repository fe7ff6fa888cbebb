// What an organization says of its mail server, checked: where it is, by what rules it may be reached, and which password it gets.
import { z } from 'zod'
import { AppError } from '#platform/errors.ts'
import { invalidField, lineSchema, nameSchema } from '#platform/input.ts'
import { Secret } from '#platform/secret.ts'
import { type MailServerAddress, mailSecurities } from '#platform/smtp.ts'
import type { CallContext } from '#src/context.ts'
import { type KeptMailServer, mailPasswordPlace } from './mail-server.ts'

export const MailServerInput = z.object({
  host: z
    .string()
    .trim()
    .max(253)
    .regex(/^[\w.-]+$|^[\da-f:.]+$/i, 'must be a host such as mail.example.com'),
  port: z.int('must be a number').min(1, 'must be at least 1').max(65_535, 'must be at most 65535'),
  security: z.enum(mailSecurities),
  /** Null: the server asks for none. */
  username: lineSchema(320).nullable(),
  /** Not given: the one that is kept, for the same host, port and user name. */
  password: z.string().min(1, 'must not be empty').max(1_000).optional(),
  senderAddress: z.email('must be an e-mail address').max(320),
  senderName: nameSchema,
})

type Input = z.output<typeof MailServerInput>

/**
 * The server that is meant, with its password. An organization's administrators must not reach the operator's network, so it is
 * a public one; unencrypted it may be on a loopback that the operator allows.
 * @throws AppError invalid
 */
export function addressOf(
  ctx: CallContext,
  { password: typed, ...wanted }: Input,
  before: KeptMailServer | undefined,
): MailServerAddress {
  requireReachable(ctx, wanted)
  const { username } = wanted
  if (username === null) return { ...wanted, password: null }
  const password = typed === undefined ? keptPassword(ctx, wanted, before) : new Secret(typed)
  if (password === null) throw invalidField('password', 'must be given with a user name')
  return { ...wanted, password }
}

function requireReachable({ outgoing }: CallContext, { host, security }: Pick<Input, 'host' | 'security'>): void {
  const at = (scheme: string): string => `${scheme}://${host.includes(':') ? `[${host}]` : host}`
  checked('host', () => outgoing.check(at('https')), 'must be a public host')
  if (security === 'none')
    checked(
      'security',
      () => outgoing.check(at('http')),
      'must be TLS or STARTTLS: mails hold links that let people in',
    )
}

function checked(path: string, check: () => void, message: string): void {
  try {
    check()
  } catch (error) {
    throw error instanceof AppError ? invalidField(path, message, 'address') : error
  }
}

/** What is kept goes to nobody but the server that it was typed for. */
function keptPassword(
  ctx: CallContext,
  wanted: Pick<Input, 'host' | 'port' | 'username'>,
  before: KeptMailServer | undefined,
): Secret | null {
  if (before?.passwordSealed == null) return null
  if (before.host !== wanted.host || before.port !== wanted.port || before.username !== wanted.username)
    throw invalidField('password', 'must be typed again for another host, port or user name')
  return new Secret(ctx.sealing.open(before.passwordSealed, mailPasswordPlace(ctx)))
}
