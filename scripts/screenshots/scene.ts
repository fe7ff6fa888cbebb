// What the screenshots show: an organization with two brands, two identity providers, a person with a second factor, and
// somebody who is invited. Made through the verbs, on the server's own database.

import { TOTP } from 'otpauth'
import { createLocalUser } from '#access/accounts/create-local-user.ts'
import { newRecoveryCodes } from '#access/accounts/factors/recovery-codes.ts'
import { confirmedTotp } from '#access/accounts/factors/totp.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { resolveRole } from '#access/grants/managers/references.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { getMail, listMails } from '#access/notices/mail/mails.ts'
import { createOrganization } from '#access/organizations/create-organization.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { instanceContext, organizationContext } from '#cli/runtime.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { createGroup } from '#directory/create-group.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { loadConfig } from '../../src/config.ts'
import { type CallContext, inTransaction } from '../../src/context.ts'
import { createRuntime } from '../../src/runtime.ts'

export const goodPassword = 'mossy lantern 47 drift'

export type Scene = {
  domain: string
  person: { userName: string; totpSecret: string; recoveryCode: string }
  invitationPath: string
  /** A draft: its endpoints answer, but nobody is led there. */
  connectionId: string
}

/** What an authenticator with this secret shows now. */
export const codeOf = (secret: string): string => new TOTP({ secret }).generate()

/** @param env with which commands reach the server */
export function furnish(env: NodeJS.ProcessEnv): Promise<Scene> {
  return createRuntime(loadConfig(env)).withServices(async (services) => {
    const { id } = await createOrganization(instanceContext(services), { slug: 'northwind', name: 'Northwind Media' })
    const ctx = organizationContext(services, id)
    const domain = 'northwind.example.com'
    await addDomain(ctx, { name: domain, isVerified: true })
    for (const name of ['Okta', 'Entra ID']) await connect(ctx, name)
    const draft = { type: 'oidc', issuer: 'https://idp.example.com', clientId: 'rolecall' } as const
    const { id: connectionId } = await createConnection(ctx, draft, requireOrdinaryRole)
    return { domain, connectionId, person: await createPerson(ctx), invitationPath: await invite(ctx) }
  })
}

async function connect(ctx: CallContext, name: string): Promise<void> {
  const entityId = `https://idp.example.com/${name.toLowerCase().replaceAll(' ', '-')}`
  const { certificate } = createSigningKey({ commonName: entityId })
  const sso = { redirect: `${entityId}/sso` }
  const metadataXml = buildMetadata({ entityId, certificates: [certificate], sso })
  const { id } = await createConnection(ctx, { type: 'saml', name, metadataXml }, requireOrdinaryRole)
  await setConnectionStatus(ctx, { connectionId: id, status: 'optional', isForced: true })
}

/** A group's member in one brand, with an assignment until a date in another. */
async function createPerson(ctx: CallContext): Promise<Scene['person']> {
  const [editor, viewer] = [await resolveRole(ctx, 'editor'), await resolveRole(ctx, 'viewer')]
  const aurora = await createBrand(ctx, { slug: 'aurora', name: 'Aurora' })
  const borealis = await createBrand(ctx, { slug: 'borealis', name: 'Borealis' })
  const userName = 'amara@guest.example.com'
  const named = { userName, displayName: 'Amara Okafor', password: goodPassword, mustChange: false }
  const { id: userId } = await createLocalUser(ctx, { ...named })
  const content = { displayName: 'Aurora Editors', externalId: null, attributes: {} }
  const { id: groupId } = await createGroup(ctx, { directoryId: null, content, memberIds: [userId] })
  const mappings = [{ groupId, roleId: editor.id, brandId: aurora.id }]
  const mapped = { kind: 'create_mappings', mappings } as const
  await saveChange(ctx, mapped, (await previewChange(ctx, mapped)).hash)
  const expiresAt = new Date(ctx.clock.now().getTime() + 90 * 86_400_000).toISOString()
  const covering = { reason: 'Covers for a colleague', expiresAt }
  await createAssignment(ctx, { userId, roleId: viewer.id, brandId: borealis.id, ...covering })
  const totp = confirmedTotp(ctx, { userId, userName, organizationName: 'Northwind Media' })
  const recovery = newRecoveryCodes(ctx, userId)
  await inTransaction(ctx, (tx) => tx.commitWith(totp.statement, recovery.statement))
  return { userName, totpSecret: totp.setup.secret, recoveryCode: recovery.codes[0] ?? '' }
}

async function invite(ctx: CallContext): Promise<string> {
  const { id: roleId } = await resolveRole(ctx, 'viewer')
  const note = 'Glad that you join us. We start on Monday.'
  await createInvitation(ctx, { email: 'bela@guest.example.com', roleId, note })
  const [mail] = await listMails(ctx)
  const { body } = await getMail(ctx, mail?.id ?? '')
  const [path] = /\/invitation\/[\w-]+/.exec(body?.text ?? '') ?? []
  if (path === undefined) throw new Error('The invitation is not in the outbox')
  return path
}
