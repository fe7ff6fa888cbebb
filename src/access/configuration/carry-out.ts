// Carrying out the steps of a plan, each by the verb that everybody else calls: in one transaction, but for new connections, which
// ask the provider for its metadata and are made afterwards, one by one.
import { createDirectory } from '#connections/directories/create-directory.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import {
  type CreateConnectionInput,
  createConnection,
  createConnectionInput,
} from '#connections/sign-in/create-connection.ts'
import { type UpdateConnectionInput, updateConnection } from '#connections/sign-in/update-connection.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, partOf, type Transaction } from '#src/context.ts'
import { createApplication } from '../applications/create-application.ts'
import { updateApplication } from '../applications/update-application.ts'
import { createBrand } from '../grants/brands/create-brand.ts'
import { updateBrand } from '../grants/brands/update-brand.ts'
import { createRole } from '../grants/roles/create-role.ts'
import { deleteRole } from '../grants/roles/delete-role.ts'
import { installRolePack } from '../grants/roles/install-role-pack.ts'
import { updateSettings } from '../organizations/settings.ts'
import { makeWithin } from '../previews/preview.ts'
import type { Preview } from '../previews/shown.ts'
import { requireOrdinaryRole } from '../sign-in/default-role.ts'
import { accessChanges } from './access-changes.ts'
import { changedPart, type Work } from './compare.ts'
import type { Item } from './document.ts'
import { type IdOf, idOfWork, idOrNull, readNames } from './names.ts'
import type { NamedGroup } from './resolve-groups.ts'

/** What is shown this once: the first token of a new directory, the secret of a new application. */
export type Issued = { section: 'directories' | 'applications'; key: string; id: string; secret: string }

/** Inputs are parsed by the verbs that take them. */
const input = <T>(item: Item): T => item as T

async function makeDirectory(ctx: CallContext, work: Work): Promise<Issued> {
  const { name, arrivals, adoption, ...later } = work.item
  const { directory, token } = await createDirectory(ctx, input({ name, arrivals, adoption }))
  if (Object.keys(later).length > 0) await updateDirectory(ctx, input({ directoryId: directory.id, ...later }))
  return { section: 'directories', key: work.key, id: directory.id, secret: token.token }
}

async function makeApplication(ctx: CallContext, work: Work): Promise<Issued | undefined> {
  const { status, ...item } = work.item
  const { application, clientSecret } = await createApplication(ctx, input(item))
  if (status !== undefined) await updateApplication(ctx, input({ applicationId: application.id, status }))
  if (clientSecret === null) return undefined
  return { section: 'applications', key: work.key, id: application.id, secret: clientSecret }
}

type Ground = (ctx: CallContext, work: Work) => Promise<unknown>

/** What others of the document refer to, and what touches nobody's access. */
const ground: Record<string, Ground> = {
  'settings change': (ctx, work) => updateSettings(ctx, input(changedPart(work))),
  'rolePacks create': (ctx, { item }) => installRolePack(ctx, String(item['name'])),
  'brands create': (ctx, { item }) => createBrand(ctx, input(item)),
  'brands change': (ctx, work) => updateBrand(ctx, input({ brandId: work.id, ...changedPart(work) })),
  'roles create': (ctx, { item }) => createRole(ctx, input(item)),
  'directories change': (ctx, work) => updateDirectory(ctx, input({ directoryId: work.id, ...changedPart(work) })),
  'applications change': (ctx, work) => updateApplication(ctx, input({ applicationId: work.id, ...changedPart(work) })),
}

/** The same for what is made with a secret. */
const issuing: Record<string, (ctx: CallContext, work: Work) => Promise<Issued | undefined>> = {
  'directories create': makeDirectory,
  'applications create': makeApplication,
}

async function makeGround(ctx: CallContext, works: readonly Work[]): Promise<Issued[]> {
  const issued: Issued[] = []
  for (const work of works) {
    const kind = `${work.section} ${work.act}`
    await ground[kind]?.(ctx, work)
    const shown = await issuing[kind]?.(ctx, work)
    if (shown !== undefined) issued.push(shown)
  }
  return issued
}

/** With ids in place of names, and the secret in place of its reference. */
function connectionInput(work: Work, fields: Item, idOf: IdOf, secret: string | undefined): Item {
  const { defaultRole, directory, clientSecret: _, ...rest } = fields
  return {
    ...rest,
    ...(defaultRole === undefined ? {} : { defaultRoleId: idOrNull(idOf, work, 'role', defaultRole) }),
    ...(directory === undefined ? {} : { directoryId: idOrNull(idOf, work, 'directory', directory) }),
    ...(secret === undefined ? {} : { clientSecret: secret }),
  }
}

/** What can be set only once a connection is there. */
const setLater: ReadonlySet<string> = new Set(['attributes', 'refusesExpiredCertificates'])

/** What a connection is made with, and what is set afterwards. */
function splitForCreation(item: Item): { first: Item; later: Item } {
  const entries = Object.entries(item).filter(([, value]) => value !== undefined && value !== null)
  return {
    first: Object.fromEntries(entries.filter(([name]) => !setLater.has(name))),
    later: Object.fromEntries(entries.filter(([name]) => setLater.has(name))),
  }
}

type Checked = { work: Work; idOf: IdOf; secretOf: Means['secretOf'] }

/** What can be known of a new connection before its provider is asked. @throws AppError as creating one does */
async function checkConnection(tx: Transaction, ctx: CallContext, { work, idOf, secretOf }: Checked): Promise<void> {
  const { first } = splitForCreation(connectionInput(work, work.item, idOf, secretOf(work)))
  const wanted = parseInput(createConnectionInput, first)
  if (wanted.defaultRoleId != null) await requireOrdinaryRole(tx, ctx, wanted.defaultRoleId)
  if (wanted.type === 'oidc' && !URL.canParse(wanted.issuer))
    throw invalidField(`connections.${work.key}.issuer`, 'must be an address')
}

/** A draft: a test sign-in comes before it is opened. @throws AppError as creating and changing a connection do */
export async function makeConnection(ctx: CallContext, work: Work, secret: string | undefined): Promise<void> {
  const idOf = await readNames(ctx)
  const { first, later } = splitForCreation(connectionInput(work, work.item, idOf, secret))
  const { id } = await createConnection(ctx, input<CreateConnectionInput>(first), requireOrdinaryRole)
  if (Object.keys(later).length > 0)
    await updateConnection(ctx, input<UpdateConnectionInput>({ connectionId: id, ...later }), requireOrdinaryRole)
}

type Means = {
  groupOf: (work: Work) => NamedGroup | undefined
  secretOf: (work: Work) => string | undefined
}

/**
 * Everything but new connections, in a transaction of the caller's.
 * @returns what it does to people, and what is shown this once
 * @throws whatever a verb throws, and nothing of it holds
 */
export async function carryOut(
  tx: Transaction,
  ctx: CallContext,
  works: readonly Work[],
  { groupOf, secretOf }: Means,
): Promise<{ preview: Preview; issued: Issued[] }> {
  const part = partOf(ctx, tx)
  const issued = await makeGround(part, works)
  const idOf = await readNames(part)
  const preview = await makeWithin(tx, part, accessChanges(works, { idOf, groupOf }))
  for (const work of works) {
    if (work.section === 'connections' && work.act === 'create')
      await checkConnection(tx, part, { work, idOf, secretOf })
    if (work.section === 'roles' && work.act === 'remove') await deleteRole(part, idOfWork(work))
    if (work.section === 'connections' && work.act === 'change') {
      const changes = connectionInput(work, changedPart(work), idOf, secretOf(work))
      await updateConnection(part, input({ connectionId: work.id, ...changes }), requireOrdinaryRole)
    }
  }
  return { preview, issued }
}
