// What the kinds of applications may and must have: one that signs people in has an address to send them back to, one that cannot
// keep a secret proves each exchange by PKCE, and a machine has rights of its own.
import { z } from 'zod'
import { invalidField } from '#platform/input.ts'
import { type CallContext, requireReach, type Transaction } from '#src/context.ts'
import { requireGivableScope, requireHeldScope, requireUnscoped } from '../grants/managers/give-scope.ts'
import { type KeyScope, keyScopeFields, keyScopeOf } from '../grants/managers/key-scope.ts'
import type { ApplicationRecord } from './applications.ts'
import { isPrivateUse } from './uris.ts'

/** What a machine may do: decisions, unless more is asked for. */
export const rightsSchema = z.strictObject({
  ...keyScopeFields,
  access: keyScopeFields.access.removeDefault().default('decisions'),
})

type Shape = Omit<ApplicationRecord, 'id' | 'name' | 'status' | 'createdAt' | 'updatedAt' | 'rights'> & {
  rights: z.output<typeof rightsSchema> | null
}

/** @returns the rights as they are kept. @throws AppError invalid where the parts do not fit the kind */
export function checkKind(application: Shape): KeyScope | null {
  const { kind, rights, isPkceRequired } = application
  if (kind !== 'machine' && rights !== null) throw invalidField('rights', 'belong to machines alone')
  checkKeys(application)
  if (kind === 'machine') return keyScopeOf(machineRights(application))
  if (application.redirectUris.length === 0 && !application.isDeviceFlowAllowed)
    throw invalidField('redirectUris', 'must have at least one')
  if (kind === 'public' && !isPkceRequired)
    throw invalidField('isPkceRequired', 'a public application has no secret and cannot do without PKCE')
  if (kind === 'public') return null
  if (application.browserOrigins.length > 0) throw invalidField('browserOrigins', 'belong to public applications alone')
  for (const name of ['redirectUris', 'postLogoutRedirectUris'] as const)
    if (application[name].some(isPrivateUse))
      throw invalidField(name, 'a scheme of its own is for public applications, which run on the person’s device')
  return null
}

function checkKeys({ kind, jwks, jwksUri }: Shape): void {
  if (jwks !== null && jwksUri !== null) throw invalidField('jwksUri', 'keys are given, or published, but not both')
  if (kind !== 'public' || (jwks === null && jwksUri === null)) return
  throw invalidField(
    jwks === null ? 'jwksUri' : 'jwks',
    'a public application keeps no secret, and no private key either',
  )
}

/** Nobody signs in to a machine, so that there is nowhere to send anybody. */
function machineRights({ rights, ...application }: Shape): z.output<typeof rightsSchema> {
  for (const name of ['redirectUris', 'postLogoutRedirectUris', 'browserOrigins'] as const)
    if (application[name].length > 0) throw invalidField(name, 'a machine signs nobody in')
  if (application.backchannelLogoutUri !== null) throw invalidField('backchannelLogoutUri', 'a machine signs nobody in')
  if (application.isDeviceFlowAllowed) throw invalidField('isDeviceFlowAllowed', 'a machine signs nobody in')
  return rights ?? rightsSchema.parse({})
}

const what = 'A machine that may do everything'

/**
 * Whoever controls an application can act as those who sign in to it, and whoever controls a machine can do what it may.
 * @throws AppError forbidden (reason `ceiling`)
 */
export async function requireControl(
  tx: Transaction,
  ctx: CallContext,
  { kind, rights }: Pick<ApplicationRecord, 'kind' | 'rights'>,
): Promise<void> {
  if (kind !== 'machine' || rights === null) return requireReach(tx, ctx, { kind: 'application' })
  requireUnscoped(ctx, 'controls no machine')
  await requireHeldScope(tx, ctx, { ...rights, until: null }, what)
}

/** Nobody gives a machine more than they hold. @throws AppError forbidden (reason `ceiling`); not_found for a brand */
export async function requireGivableRights(tx: Transaction, ctx: CallContext, rights: KeyScope): Promise<void> {
  requireUnscoped(ctx, 'controls no machine')
  await requireGivableScope(tx, ctx, { ...rights, until: null }, what)
}
