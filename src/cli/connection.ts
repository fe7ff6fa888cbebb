// `rolecall connection …`: identity providers for sign-in.
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Command, Option } from 'commander'
import { resolveRole } from '#access/grants/managers/references.ts'
import { type StatusChange, setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { describeConnection } from '#access/sign-in/describe-connection.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import { presetNames } from '#connections/providers/providers.ts'
import { textOfBytes } from '#connections/saml/unwrap.ts'
import { getConnection, type JitPolicy, listConnections } from '#connections/sign-in/connections.ts'
import { type CreateConnectionInput, createConnection } from '#connections/sign-in/create-connection.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { addUpdateOptions } from './connection-settings.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type Chosen = Scope & { connection: string }

type CreateOptions = Scope & {
  type: string
  preset?: string
  name?: string
  idpMetadata?: string
  entityId?: string
  issuer?: string
  clientId?: string
  clientSecret?: string
  clientAuthentication?: string
  jit: string
  defaultRole?: string
  directory?: string
  idpInitiated?: true
  signed?: string
  force?: true
}

const jitPolicies: Record<string, JitPolicy> = {
  on: 'verified_domains',
  verified_domains: 'verified_domains',
  approval: 'approval',
  off: 'off',
}

export function addConnectionCommands(program: Command, runtime: CliRuntime): void {
  const connection = program.command('connection').description('identity providers for sign-in (SAML, OpenID Connect)')
  connection
    .command('create')
    .description('connect an identity provider and open it for sign-in')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--type <type>', 'saml or oidc')
    .addOption(new Option('--preset <provider>', 'whose defaults it begins with').choices(presetNames))
    .option('--name <name>', 'name for people')
    .option('--idp-metadata <file-or-url>', "SAML: the provider's metadata")
    .option('--entity-id <id>', 'SAML: which provider, where the metadata has several')
    .option('--idp-initiated', 'SAML: the provider may begin sign-ins')
    .option('--signed <what>', 'SAML: either (default), assertion, response or both')
    .option('--issuer <url>', 'OpenID Connect: the issuer')
    .option('--client-id <id>', 'OpenID Connect')
    .option('--client-secret <secret>', 'OpenID Connect; without it a key is made (private_key_jwt)')
    .option('--client-authentication <method>', 'client_secret_basic, client_secret_post or private_key_jwt')
    .option('--jit <policy>', 'first sign-ins create people: on (verified domains), approval or off', 'off')
    .option('--default-role <role>', 'key or id: what people get whom a first sign-in creates')
    .option('--directory <id>', 'the SCIM directory of the same provider')
    .option('--force', 'open it at once, without a test sign-in')
    // What it does anyhow; scripts of earlier versions say so.
    .addOption(new Option('--draft').hideHelp())
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  connection
    .command('list')
    .description('list the connections')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  chosen(connection, 'show', 'everything about a connection, with what to paste at the provider').action(
    (options: Chosen) => show(runtime, options),
  )
  chosen(connection, 'test', 'a link for a test sign-in, which shows what would happen').action((options: Chosen) =>
    test(runtime, options),
  )
  chosen(connection, 'refresh', 'fetch the metadata now').action((options: Chosen) => refresh(runtime, options))
  addUpdateOptions(chosen(connection, 'update', 'change how its messages are read'), runtime)
  for (const [verb, status, description] of statusCommands) {
    chosen(connection, verb, description)
      .option('--force', 'without a test sign-in, and to enforce also without an emergency account')
      .action((options: Chosen & { force?: true }) => changeStatus(runtime, options, status))
  }
}

const statusCommands: [string, StatusChange['status'], string][] = [
  ['enable', 'optional', 'open it for sign-in, beside other ways'],
  ['enforce', 'enforced', 'people have to come through it'],
  ['disable', 'disabled', 'close it and end the sessions that began through it'],
]

const chosen = (parent: Command, verb: string, description: string): Command =>
  parent
    .command(verb)
    .description(description)
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--connection <id>', 'as "connection list" shows it')
    .option('--json', 'print one JSON line')

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const defaultRoleId = options.defaultRole === undefined ? null : (await resolveRole(ctx, options.defaultRole)).id
    const { id } = await createConnection(ctx, inputOf(options, defaultRoleId), requireOrdinaryRole)
    if (options.force === true) await setConnectionStatus(ctx, { connectionId: id, status: 'optional', isForced: true })
    return describeConnection(await getConnection(ctx, id), urls)
  })
  const { id: connectionId, type, status, addresses } = made
  const human = () => [
    `Created the connection ${made.name} (${connectionId}), ${status === 'draft' ? 'a draft: "connection test", then "connection enable"' : 'open for sign-in'}`,
    ...made.setup.paste.map(({ field, value }) => `  ${field}: ${value}`),
    `  Sign in at: ${addresses.startUrl}`,
  ]
  print(runtime, options, { json: { connectionId, type, status, ...addresses }, human })
}

function inputOf(options: CreateOptions, defaultRoleId: string | null): CreateConnectionInput {
  const { type, jit, directory = null } = options
  const policy = jitPolicies[jit]
  if (policy === undefined) throw invalid('--jit is on, approval or off', 'invalidValue')
  const given = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  const shared = {
    ...{ jit: policy, defaultRoleId, directoryId: directory },
    ...given('preset', options.preset),
    ...given('name', options.name),
  }
  if (type === 'saml') {
    return {
      ...shared,
      ...metadataOf(options.idpMetadata),
      ...given('entityId', options.entityId),
      ...given('signed', options.signed),
      type,
      isIdpInitiatedAllowed: options.idpInitiated === true,
    } as CreateConnectionInput
  }
  if (type !== 'oidc') throw invalid('--type is saml or oidc', 'invalidValue')
  return {
    ...shared,
    ...given('clientSecret', options.clientSecret),
    ...given('clientAuthentication', options.clientAuthentication),
    ...{ type, issuer: options.issuer ?? '', clientId: options.clientId ?? '' },
  } as CreateConnectionInput
}

function metadataOf(source: string | undefined): { metadataXml?: string; metadataUrl?: string } {
  if (source === undefined) return {}
  if (/^(view-source:)?https?:\/\//i.test(source)) return { metadataUrl: source }
  try {
    return { metadataXml: textOfBytes(readFileSync(source)) }
  } catch (cause) {
    if (/[<{]|-----BEGIN|\n/.test(source)) return { metadataXml: source }
    if (/^[\w-]+(\.[\w-]+)+(:\d+)?\/\S+$/.test(source) && !existsSync(dirname(source))) return { metadataUrl: source }
    throw new AppError('invalid', `The metadata file ${source} cannot be read`, { reason: 'metadata', cause })
  }
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx, { urls }) =>
    (await listConnections(ctx)).map((connection) => describeConnection(connection, urls)),
  )
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    TYPE: ({ type }) => type,
    STATUS: ({ status }) => status,
    ID: ({ id }) => id,
    'SIGN IN AT': ({ addresses }) => addresses.startUrl,
  })
}

async function show(runtime: CliRuntime, options: Chosen): Promise<void> {
  const view = await inOrganization(runtime, options.organization, async (ctx, { urls }) =>
    describeConnection(await getConnection(ctx, options.connection), urls),
  )
  const human = () => [
    `${view.name} (${view.id}): ${view.type}, ${view.status}, tested ${view.testedAt ?? 'never'}`,
    `At the provider: ${view.setup.path}`,
    ...view.setup.paste.map(({ field, value }) => `  paste   ${field}: ${value}`),
    ...view.setup.choose.map(({ field, value }) => `  choose  ${field}: ${value}`),
    ...view.setup.notes.map((note) => `  then    ${note}`),
  ]
  print(runtime, options, { json: view, human })
}

async function test(runtime: CliRuntime, options: Chosen): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const token = await createTestLink(ctx, options.connection)
    const { id: connectionId, status, testedAt } = await getConnection(ctx, options.connection)
    return { connectionId, status, testedAt, testUrl: `${urls.connection(connectionId).startUrl}?test=${token}` }
  })
  const human = () => ['Open this within an hour; it signs nobody in:', `  ${made.testUrl}`]
  print(runtime, options, { json: made, human })
}

async function refresh(runtime: CliRuntime, options: Chosen): Promise<void> {
  const outcome = await inOrganization(runtime, options.organization, (ctx) => refreshMetadata(ctx, options.connection))
  const human = () => [
    outcome.changed.length === 0 ? 'Nothing changed' : `Changed: ${outcome.changed.join(', ')}`,
    ...(outcome.waiting === 0 ? [] : [`${outcome.waiting} new certificates wait for an administrator`]),
  ]
  print(runtime, options, { json: outcome, human })
}

async function changeStatus(
  runtime: CliRuntime,
  options: Chosen & { force?: true },
  status: StatusChange['status'],
): Promise<void> {
  const view = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const change = { connectionId: options.connection, status, isForced: options.force === true }
    return describeConnection(await setConnectionStatus(ctx, change), urls)
  })
  const json = { connectionId: view.id, status: view.status, testedAt: view.testedAt }
  print(runtime, options, { json, human: () => [`The connection ${view.name} is ${view.status}`] })
}
