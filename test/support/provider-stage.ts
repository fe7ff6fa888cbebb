// A stage with a scripted OpenID provider, set up before the tests of a file, and organizations that have proven example.com.
import { afterAll, beforeAll } from 'vitest'
import { createScriptedOp, type ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { type AccessStage, type Client, startStage } from './access.ts'
import { verifyDomain } from './sign-in.ts'

export let it: AccessStage
export let op: ScriptedOp

/** Sets it up, and takes it down at the end. A file of tests says this first. */
export function useProviderStage(): void {
  beforeAll(async () => {
    it = await startStage()
    op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
  })
  afterAll(async () => {
    await op.close()
    await it.close()
  })
}

export type Organization = { id: string; slug: string; ctx: Client['ctx'] }

export async function stage(): Promise<{ client: Client; organization: Organization }> {
  const client = await it.createClient()
  const organization: Organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  await verifyDomain(organization, 'example.com')
  return { client, organization }
}
