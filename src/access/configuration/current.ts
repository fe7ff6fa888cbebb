// What an organization is like now, as a document would say it: each item with its id, which no document has.
import { sql } from 'drizzle-orm'
import { listDirectories } from '#connections/directories/directories.ts'
import { type Connection, isConfigured, listConnections } from '#connections/sign-in/connections.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { given } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { listApplications } from '../applications/applications.ts'
import { listBrands } from '../grants/brands/brands.ts'
import { listMappings } from '../grants/mappings/mappings.ts'
import { listPolicies } from '../grants/policies/policies.ts'
import { listRoles, type RoleRecord } from '../grants/roles/roles.ts'
import { listSeparations, type SideRecord } from '../grants/separation/rules.ts'
import { getOrganization } from '../organizations/organizations.ts'
import { getSettings } from '../organizations/settings.ts'
import type { ConfigurationInput, Item, ListSection } from './document.ts'
import { keyOf } from './key-of.ts'

export type Entry = { id: string; key: string; item: Item }

export type Current = {
  organization: Item
  settings: Item
  lists: Record<ListSection, Entry[]>
}

const groupsOfMappings = prepared<{ organizationId: string }, { id: string; directory: string | null }>(
  (p) => sql`select m.id, d.name as directory from mappings m
    join groups g on g.organization_id = m.organization_id and g.id = m.group_id
    left join directories d on d.organization_id = g.organization_id and d.id = g.directory_id
    where m.organization_id = ${p.organizationId}`,
)

const keysOf = (roles: readonly { key: string }[]): string[] => roles.map(({ key }) => key).toSorted()

const sideOf = ({ role, permission }: SideRecord): Item => (role === null ? { permission } : { role: role.key })

async function readMappings(ctx: CallContext): Promise<(Item & { id: string })[]> {
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(groupsOfMappings({ organizationId: ctx.organizationId })),
  )
  const directories = new Map(rows?.map(({ id, directory }) => [id, directory]))
  return (await listMappings(ctx)).map(({ id, group, filter, role, brand }) => ({
    id,
    ...(group === null ? { filter } : { group: group.displayName, directory: directories.get(id) ?? null }),
    ...{ role: role.key, brand: brand?.slug ?? null },
  }))
}

const roleItem = ({ id, key, name, purpose, rank, allows, denies, owner, reviewAt }: RoleRecord) => ({
  ...{ id, key, name, purpose, rank, owner, reviewAt },
  ...{ allows: allows.toSorted(), denies: denies.toSorted() },
})

/** Without what is sealed, and what the provider's metadata says of itself. */
function connectionItem(connection: Connection, names: { roles: Names; directories: Names }): Item & { id: string } {
  const { id, name, type, preset, jit, defaultRoleId, directoryId, isIdpInitiatedAllowed } = connection
  const common = {
    ...{ id, name, type, preset, jit },
    defaultRole: defaultRoleId === null ? null : (names.roles.get(defaultRoleId) ?? null),
    directory: directoryId === null ? null : (names.directories.get(directoryId) ?? null),
  }
  if (connection.type === 'oidc') {
    const { issuer, clientId, clientAuthentication, hostedDomains, groupSeparator, absentGroups, claims } =
      connection.settings
    const settings = { issuer, clientId, clientAuthentication, hostedDomains, groupSeparator, absentGroups }
    return { ...common, ...settings, attributes: claims }
  }
  const { metadataUrl, signed, isEncryptionRequired, nameIdIsEmail, subjectAttribute } = connection.settings
  const { refusesExpiredCertificates, groupSeparator, absentGroups, attributes } = connection.settings
  return {
    ...{ ...common, metadataUrl, isIdpInitiatedAllowed, signed, isEncryptionRequired, nameIdIsEmail, subjectAttribute },
    ...{ refusesExpiredCertificates, groupSeparator, absentGroups, attributes },
  }
}

type Names = ReadonlyMap<string, string>

const entriesOf = (section: ListSection, items: readonly (Item & { id: string })[]): Entry[] =>
  items.map(({ id, ...item }) => ({ id, key: keyOf(section, item), item }))

/** @throws AppError forbidden */
export async function readCurrent(ctx: CallContext): Promise<Current> {
  const { name, administratorBrandAccess, roleStrategy, secondPerson } = await getOrganization(ctx, ctx.organizationId)
  const { name: _, ...settings } = await getSettings(ctx)
  const roles = await listRoles(ctx)
  const directories = await listDirectories(ctx)
  const names = {
    roles: new Map(roles.map(({ id, key }) => [id, key])),
    directories: new Map(directories.map((each) => [each.id, each.name])),
  }
  const packs = [...new Set(roles.flatMap(({ pack }) => pack ?? []))]
  const own = roles.filter(({ isBuiltIn }) => !isBuiltIn)
  const connections = (await listConnections(ctx)).filter(isConfigured)
  const lists = {
    rolePacks: packs.map((pack) => ({ id: pack, name: pack })),
    brands: (await listBrands(ctx)).map(({ id, slug, name: called }) => ({ id, slug, name: called })),
    roles: own.map(roleItem),
    mappings: await readMappings(ctx),
    policies: (await listPolicies(ctx)).map(({ id, name: called, permission, brand, exceptRoles }) => ({
      ...{ id, name: called, permission, brand: brand?.slug ?? null, exceptRoles: keysOf(exceptRoles) },
    })),
    separationRules: (await listSeparations(ctx)).map(({ id, name: called, purpose, mode, ...rule }) => ({
      ...{ id, name: called, purpose, mode, first: sideOf(rule.first), second: sideOf(rule.second) },
      exceptRoles: keysOf(rule.exceptRoles),
    })),
    directories: directories.map(({ brakeLimit: _limit, createdAt: _made, updatedAt: _changed, ...item }) => item),
    connections: connections.map((connection) => connectionItem(connection, names)),
    // Machines are ways in for programs, as API keys are: no document has them.
    applications: (await listApplications(ctx))
      .filter(({ kind }) => kind !== 'machine')
      .map(({ rights: _none, createdAt: _made, updatedAt: _changed, ...item }) => item),
  }
  return {
    ...{ organization: { name, administratorBrandAccess, roleStrategy, secondPerson }, settings },
    lists: Object.fromEntries(
      Object.entries(lists).map(([section, items]) => [
        section,
        entriesOf(section as ListSection, items as (Item & { id: string })[]),
      ]),
    ) as Current['lists'],
  }
}

/** Where two are called alike, no document could tell them apart. @param sections those that a document has @throws AppError conflict */
export function requireToldApart(current: Current, sections: readonly string[] = Object.keys(current.lists)): void {
  for (const [section, entries] of Object.entries(current.lists)) {
    if (!sections.includes(section)) continue
    const seen = new Set<string>()
    for (const { key } of entries) {
      if (seen.has(key))
        throw new AppError(
          'conflict',
          `Two of ${section} are called ${key}: rename one of them, since a document names them`,
        )
      seen.add(key)
    }
  }
}

const variableOf = (name: unknown): string => {
  const letters = String(name)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  return `${letters === '' ? 'CONNECTION' : letters}_CLIENT_SECRET`
}

/** The environment variables that an exported document refers to, another one for each connection. */
function secretVariables(items: readonly Item[]): string[] {
  const taken = new Set<string>()
  return items.map((item) => {
    const base = variableOf(item['name'])
    let name = base
    for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`
    taken.add(name)
    return name
  })
}

function exportedConnections(items: readonly Item[]): Item[] {
  const variables = secretVariables(items)
  return items.map((item, index) => {
    const usesSecret = item['type'] === 'oidc' && item['clientAuthentication'] !== 'private_key_jwt'
    return { ...given(item), ...(usesSecret ? { clientSecret: { env: variables[index] } } : {}) }
  })
}

/** The organization as a document. Secrets are references to variables yet to be set. @throws AppError forbidden; conflict */
export async function exportConfiguration(ctx: CallContext): Promise<ConfigurationInput> {
  const current = await readCurrent(ctx)
  requireToldApart(current)
  const { organization, settings, lists } = current
  // With what is empty, so that whatever is set by hand later is seen beside it.
  const items = (section: ListSection): Item[] => lists[section].map(({ item }) => given(item))
  return {
    ...{ version: 1, organization, settings },
    rolePacks: lists.rolePacks.map(({ key }) => key),
    ...{ brands: items('brands'), roles: items('roles'), directories: items('directories') },
    mappings: items('mappings'),
    ...{ policies: items('policies'), separationRules: items('separationRules') },
    connections: exportedConnections(lists.connections.map(({ item }) => item)),
    applications: items('applications'),
  } as unknown as ConfigurationInput
}
