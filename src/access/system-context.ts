// The context of what happens by itself: the worker's runs, and what follows from a request without anybody waiting for it.
import { type CallContext, enterOrganization, type Services, servicesOf } from '#src/context.ts'

export const systemContext = (services: Services, organizationId: string): CallContext => ({
  ...servicesOf(services),
  organizationId,
  actor: { type: 'system', id: 'worker' },
  permissions: 'all',
  entry: enterOrganization({ organizationId }),
  requestId: services.ids.next('req'),
})
