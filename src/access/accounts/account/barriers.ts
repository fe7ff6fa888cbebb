// Why somebody who proved who they are is not let in all the same. Whoever is refused hears the same as after a wrong password.
import type { LocalAccount } from './account.ts'

export type Barrier = { reason: string; detail: string }

/** What keeps the account from signing in without a provider; undefined where nothing does. */
export function barrierOf(account: LocalAccount, method: 'password' | 'passkey'): Barrier | undefined {
  const { status, organization, isEmergencyAccount } = account
  if (!organization.isActive) return { reason: 'organization_suspended', detail: 'The organization is suspended' }
  if (status !== 'active') return { reason: 'inactive', detail: `The user is ${status}` }
  if (isEmergencyAccount) return { reason: 'emergency_account', detail: 'Emergency accounts sign in at /emergency' }
  if (organization.isEnforced)
    return { reason: 'sign_in_enforced', detail: 'The organization signs in through its provider, and no other way' }
  if (method === 'password' && organization.passwordSignIn === 'off')
    return { reason: 'password_off', detail: 'The organization has switched passwords off' }
  return undefined
}
