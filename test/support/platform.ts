// Keys of the platform, and how they ask.
import { platformScopes } from '#access/ground/platform-rights.ts'
import { issuePlatformKey } from '#access/platform/keys/platform-keys.ts'
import { type CallContext, enterInstance, platformId, servicesOf } from '#src/context.ts'
import { type AccessStage, type Answer, read } from './access.ts'

export type PlatformClient = {
  id: string
  key: string
  /** @param organization named by Rolecall-Organization */
  send(
    method: string,
    path: string,
    body?: unknown,
    organization?: string,
    headers?: Record<string, string>,
  ): Promise<Answer>
}

/** The operator above the organizations. */
export const operatorContext = (stage: AccessStage): CallContext => ({
  ...servicesOf(stage.services),
  ...{ organizationId: platformId, actor: { type: 'operator', id: 'cli' }, permissions: 'all' },
  ...{ entry: enterInstance({}), requestId: stage.services.ids.next('req') },
})

const ofOrganizations = ['organizations.read', 'organizations.write', 'organizations.delete'] as const

/** A key with everything, unless said otherwise. */
export async function createPlatformKey(
  stage: AccessStage,
  input: Partial<Parameters<typeof issuePlatformKey>[1]> = {},
): Promise<PlatformClient> {
  const { id, key } = await issuePlatformKey(operatorContext(stage), {
    name: 'Product',
    scopes: (input.reach ?? 'all') === 'all' ? [...platformScopes] : [...ofOrganizations],
    access: 'everything',
    ...input,
  })
  return {
    id,
    key,
    send: (method, path, body, organization, headers = {}) => send(method, path, body, { organization, headers }),
  }

  async function send(
    method: string,
    path: string,
    body: unknown,
    { organization, headers }: { organization: string | undefined; headers: Record<string, string> },
  ): Promise<Answer> {
    const response = await stage.request(path.startsWith('/') ? path : `/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(organization === undefined ? {} : { 'Rolecall-Organization': organization }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return read(response)
  }
}
