// What a form says that it was made for, and what that has to be where it is sent.
import type { Context } from 'hono'
import { isId } from '#platform/ids.ts'
import type { AppEnv } from './env.ts'

/** The organization and the person that pages are drawn for now; undefined where nobody is signed in. */
export function madeForOf<E extends AppEnv>(c: Context<E>): string | undefined {
  const { session, supportedOrganizationId }: Partial<AppEnv['Variables']> = c.var
  return session === undefined ? undefined : `${supportedOrganizationId ?? session.organizationId}.${session.userId}`
}

/** The organization and the person that a form names; undefined where it names none. */
export function readMadeFor(text: string | undefined): { organizationId: string; userId: string } | undefined {
  const [organizationId = '', userId = '', ...rest] = (text ?? '').split('.')
  return isId('org', organizationId) && isId('usr', userId) && rest.length === 0
    ? { organizationId, userId }
    : undefined
}
