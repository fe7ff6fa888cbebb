// Passkeys (WebAuthn Level 3): discoverable credentials with user verification, so that one is password and second factor
// in one. Reading them, and checking what an authenticator signed.
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, type Services } from '#src/context.ts'
import { issueChallenge, useChallenge } from './challenges.ts'

export type Passkey = {
  id: string
  credentialId: string
  publicKey: string
  counter: number
  transports: AuthenticatorTransport[]
  name: string
  isBackedUp: boolean
  createdAt: string
  lastUsedAt: string | null
}

type Key = { organizationId: string; userId: string }

const select = prepared<Key, Passkey>(
  (p) => sql`select id, credential_id as "credentialId", public_key as "publicKey", counter, transports, name,
      is_backed_up as "isBackedUp", created_at as "createdAt", last_used_at as "lastUsedAt"
    from passkeys where organization_id = ${p.organizationId} and user_id = ${p.userId} order by id`,
)

// The counter must not have been overtaken meanwhile: of two answers with one counter, one is a copy.
const noteUse = prepared<
  { organizationId: string; id: string; before: number; counter: number; isBackedUp: boolean; now: string },
  { id: string }
>(
  (
    p,
  ) => sql`update passkeys set counter = ${p.counter}::int, is_backed_up = ${p.isBackedUp}::boolean, last_used_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.id} and counter = ${p.before}::int returning id`,
)

/** A person's passkeys, as a statement. */
export const passkeysOf = (organizationId: string, userId: string): Statement<Passkey> =>
  select({ organizationId, userId })

export async function listPasskeys(ctx: CallContext, userId: string): Promise<Passkey[]> {
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(passkeysOf(ctx.organizationId, userId)))
  return rows ?? []
}

/** The relying party: our own host, whatever port it listens on. */
export const relyingParty = ({ urls }: Pick<Services, 'urls'>): { origin: string; id: string } => ({
  origin: urls.origin,
  id: new URL(urls.origin).hostname,
})

/** What the browser is asked. Without `allowed` the person chooses among the passkeys that they have for us. */
export async function passkeyQuestion(
  services: Services,
  purpose: string,
  allowed: readonly Passkey[] = [],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: relyingParty(services).id,
    challenge: await issueChallenge(services, purpose),
    userVerification: 'required',
    allowCredentials: allowed.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    timeout: 300_000,
  })
}

const text = z.string().min(1).max(16_384)

const Answer = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.nullish().transform((value) => value ?? undefined),
  }),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
})

/** The browser's answer as it comes in a form field; undefined for what is not one. */
export function parsePasskeyAnswer(json: string | undefined): AuthenticationResponseJSON | undefined {
  try {
    const parsed = Answer.safeParse(JSON.parse(json ?? ''))
    // The library reads the fields that were checked, and no others.
    return parsed.success ? (parsed.data as AuthenticationResponseJSON) : undefined
  } catch {
    return undefined
  }
}

export type Verified = { passkey: Passkey; counter: number; isBackedUp: boolean }

/**
 * What is wrong with an answer of one of these passkeys, or what it proves. The challenge is used up either way.
 * @param userId whose they are; an answer that names somebody else is refused
 */
export async function verifyPasskey(
  services: Services,
  {
    answer,
    passkeys,
    purpose,
    userId,
  }: { answer: AuthenticationResponseJSON; passkeys: readonly Passkey[]; purpose: string; userId: string },
): Promise<Verified | string> {
  const passkey = passkeys.find(({ credentialId }) => credentialId === answer.id)
  if (passkey === undefined) return 'No passkey of this person has this id'
  const { userHandle } = answer.response
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString('utf8') !== userId)
    return 'The answer names another person'
  const { origin, id } = relyingParty(services)
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: (challenge) => useChallenge(services, purpose, challenge),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
        transports: passkey.transports,
      },
    })
    if (!verified) return 'The signature is wrong'
    return { passkey, counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp }
  } catch (error) {
    return error instanceof Error ? error.message : 'The answer could not be read'
  }
}

/** The use of a passkey, as a statement; no row where another answer was faster. */
export const passkeyUse = (ctx: CallContext, { passkey, counter, isBackedUp }: Verified): Statement<{ id: string }> =>
  noteUse({
    ...{ organizationId: ctx.organizationId, id: passkey.id, before: passkey.counter },
    ...{ counter, isBackedUp, now: nowOf(ctx) },
  })
