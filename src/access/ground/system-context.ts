// The context of what happens by itself, inside one organization: the worker's runs, what follows from a request without anybody
// waiting for it, and a sign-in before it is known whose it is.
import { type CallContext, enterOrganization, type Services, servicesOf } from '#src/context.ts'

export const systemContext = (
  services: Services,
  organizationId: string,
  by: { id: string; requestId: string } = { id: 'worker', requestId: services.ids.next('req') },
): CallContext => ({
  ...servicesOf(services),
  organizationId,
  actor: { type: 'system', id: by.id },
  permissions: 'all',
  entry: enterOrganization({ organizationId }),
  requestId: by.requestId,
})
