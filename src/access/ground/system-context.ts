// The context of what happens by itself, inside one organization or above them: the worker's runs, what follows from a request without anybody
// waiting for it, and a sign-in before it is known whose it is.
import {
  type CallContext,
  enterInstance,
  enterOrganization,
  platformId,
  type Services,
  servicesOf,
} from '#src/context.ts'

/** @param organizationId `platform`: above the organizations */
export const systemContext = (
  services: Services,
  organizationId: string,
  by: { id: string; requestId: string } = { id: 'worker', requestId: services.ids.next('req') },
): CallContext => ({
  ...servicesOf(services),
  organizationId,
  actor: { type: 'system', id: by.id },
  permissions: 'all',
  entry: organizationId === platformId ? enterInstance({}) : enterOrganization({ organizationId }),
  requestId: by.requestId,
})
