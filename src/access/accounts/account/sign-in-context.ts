// The context of somebody who is at the door: the sign-in itself acts, inside the organization that it is for.
import type { CallContext, Services } from '#src/context.ts'
import { systemContext } from '../../ground/system-context.ts'

/** For what a sign-in looks up, writes and records; nobody is signed in yet. */
export const signInContext = (services: Services, organizationId: string, requestId: string): CallContext =>
  systemContext(services, organizationId, { id: 'sign-in', requestId })

/** The same, once it is proven who the person is: what follows is their own doing. */
export const asUser = (ctx: CallContext, userId: string): CallContext => ({
  ...ctx,
  actor: { type: 'user', id: userId },
})
