// A new passkey (WebAuthn §7.1): what the browser is asked, and the check of what the authenticator made.
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { type LocalAccount, nameOf } from '../account/account.ts'
import { issueChallenge, useChallenge } from './challenges.ts'
import { type Passkey, relyingParty } from './passkeys.ts'

/** EdDSA, ES256 and RS256, the last being Windows Hello's: Node calls what else there is experimental. */
const supportedAlgorithmIDs = [-8, -7, -257]

/** The question for a new passkey of somebody, for this purpose. */
export async function newPasskeyQuestion(
  ctx: CallContext,
  { account, purpose, known }: { account: LocalAccount; purpose: string; known: readonly Passkey[] },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: account.organization.name,
    rpID: relyingParty(ctx).id,
    userID: new Uint8Array(Buffer.from(account.userId, 'utf8')),
    userName: account.userName,
    userDisplayName: nameOf(account),
    challenge: await issueChallenge(ctx, purpose),
    attestationType: 'none',
    supportedAlgorithmIDs,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    timeout: 300_000,
  })
}

const text = z.string().min(1).max(16_384)

const Registration = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: text,
    attestationObject: text,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
})

type NewPasskey = {
  organizationId: string
  id: string
  userId: string
  credentialId: string
  publicKey: string
  counter: number
  transports: string
  name: string
  isBackedUp: boolean
  now: string
}

const insert = prepared<NewPasskey, never>(
  (p) => sql`insert into passkeys (organization_id, user_id, id, credential_id, public_key, counter, transports, name,
      is_backed_up, created_at)
    values (${p.organizationId}, ${p.userId}, ${p.id}, ${p.credentialId}, ${p.publicKey}, ${p.counter}::int,
      ${p.transports}::jsonb, ${p.name}, ${p.isBackedUp}::boolean, ${p.now}::timestamptz)`,
)

/** Checks what an authenticator made. @returns its row as a statement. @throws AppError invalid (reason `wrong_passkey`) */
export async function newPasskey(
  ctx: CallContext,
  {
    userId,
    purpose,
    name,
    credential,
  }: { userId: string; purpose: string; name: string; credential: string | undefined },
): Promise<{ passkeyId: string; statement: Statement<never> }> {
  const { origin, id: rpId } = relyingParty(ctx)
  const verified = await verifyRegistrationResponse({
    supportedAlgorithmIDs,
    response: parseRegistration(credential),
    expectedChallenge: (challenge) => useChallenge(ctx, purpose, challenge),
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw wrongPasskey(cause)
  })
  if (!verified.verified) throw wrongPasskey()
  const { credential: made, credentialBackedUp } = verified.registrationInfo
  const passkeyId = ctx.ids.next('pky')
  const statement = insert({
    ...{ organizationId: ctx.organizationId, id: passkeyId, userId, name, now: nowOf(ctx) },
    ...{ credentialId: made.id, counter: made.counter, isBackedUp: credentialBackedUp },
    publicKey: Buffer.from(made.publicKey).toString('base64url'),
    transports: JSON.stringify(made.transports ?? []),
  })
  return { passkeyId, statement }
}

function parseRegistration(credential: string | undefined): RegistrationResponseJSON {
  try {
    // The library reads the fields that were checked, and no others.
    return Registration.parse(JSON.parse(credential ?? '')) as RegistrationResponseJSON
  } catch (cause) {
    throw wrongPasskey(cause)
  }
}

const wrongPasskey = (cause?: unknown): AppError =>
  new AppError('invalid', 'The passkey could not be set up; try it again', { reason: 'wrong_passkey', cause })
