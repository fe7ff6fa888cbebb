// `rolecall application …`
import { type Command, Option } from 'commander'
import { applicationKinds, listApplications } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { previewClaims } from '#access/applications/preview-claims.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { parseJson } from '#platform/json.ts'
import type { CallContext } from '#src/context.ts'
import { addTermsCommand } from './application-terms.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization, inOwner, type OwnerOptions, withOwner } from './runtime.ts'
import { accessHelp, type ScopeOptions, scopeOf } from './scope-options.ts'

type Scope = OutputOptions & OwnerOptions

type Fields = Partial<ScopeOptions> & {
  redirectUri?: string[]
  postLogoutRedirectUri?: string[]
  backchannelLogoutUri?: string
  browserOrigin?: string[]
  withoutPkce?: true
  idTokenAlgorithm?: string
  brandsClaim?: string
  deviceFlow?: boolean
  dpop?: boolean
  jwks?: string
  jwksUri?: string
  resource?: string[]
  serves?: string[]
  accessClaims?: string
  claim?: string[]
}

type CreateOptions = Scope & Fields & { name: string; kind: (typeof applicationKinds)[number] }

type UpdateOptions = Scope & Fields & { application: string; name?: string }

type ClaimsOptions = OutputOptions & { organization: string; application: string; user: string; scope: string }

const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function addApplicationCommands(program: Command, runtime: CliRuntime): void {
  const application = program.command('application').description('host products that sign people in through Rolecall')
  const create = application
    .command('create')
    .description('register a host product or a machine; its client secret is shown this once')
    .requiredOption('--name <name>', 'name for people')
    .addOption(
      new Option('--kind <kind>', 'confidential; public keeps no secret; machine signs nobody in')
        .choices(applicationKinds)
        .default('confidential'),
    )
  withOwner(withFields(create)).action((options: CreateOptions) => createOne(runtime, options))
  const update = application
    .command('update')
    .description('change an application; lists are replaced as a whole')
    .requiredOption('--application <id>', 'its client id')
    .option('--name <name>', 'name for people')
  withOwner(withFields(update)).action((options: UpdateOptions) => updateOne(runtime, options))
  application
    .command('claims')
    .description('what its tokens would say of a person now')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--application <id>', 'its client id')
    .requiredOption('--user <user>', 'an id or a user name')
    .option('--scope <scopes>', 'as the application asks', 'openid profile email')
    .option('--json', 'print one JSON line')
    .action((options: ClaimsOptions) => claims(runtime, options))
  const listing = application.command('list').description('list the applications')
  withOwner(listing)
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  addTermsCommand(application, runtime)
}

const withFields = (command: Command): Command =>
  command
    .option('--redirect-uri <uri>', 'where codes may be sent; may be given several times', collect)
    .option('--post-logout-redirect-uri <uri>', 'where people may go after signing out; several times', collect)
    .option('--backchannel-logout-uri <uri>', 'where the end of a session is told')
    .option('--browser-origin <origin>', 'of a public one: whose pages may call for tokens; several times', collect)
    .option('--without-pkce', 'it knows no PKCE')
    .addOption(new Option('--id-token-algorithm <algorithm>', 'RS256 unless told').choices(['RS256', 'ES256']))
    .addOption(new Option('--brands-claim <form>', 'objects unless told, or slugs alone').choices(['objects', 'slugs']))
    .option('--device-flow', 'it may sign people in on devices without a browser')
    .option('--no-device-flow', 'it may not')
    .option('--dpop', 'its tokens are bound to a key of its own (DPoP)')
    .option('--no-dpop', 'they are not')
    .option(
      '--jwks <json>',
      'public keys by which it proves who it is, in place of a secret; none for its secret again',
    )
    .option('--jwks-uri <uri>', 'where such keys are published; none for its secret again')
    .option(
      '--resource <resources...>',
      'what it may ask access tokens for: uri,jwt,300 or uri,opaque; none for nothing',
    )
    .option('--serves <uris...>', 'what it serves itself: it may introspect tokens for these; none for nothing')
    .addOption(new Option('--access-claims <when>', 'whether tokens say roles unasked').choices(['always', 'by_scope']))
    .option('--claim <claims...>', 'attributes of people in claims: department=urn:…:User:department; none for nothing')
    .option('--access <access>', `of a machine: ${accessHelp}; decisions unless told`)
    .option('--permission <names...>', 'of a machine: what it may do, e.g. users.manage')
    .option('--brand <brands...>', 'of a machine: slugs or ids, where it may do so')
    .option('--from <ranges...>', 'of a machine: addresses that its tokens are good from, e.g. 192.0.2.0/24')
    .option('--json', 'print one JSON line')

async function createOne(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { name, kind } = options
  const made = await inOwner(runtime, options, async (ctx, { urls }) => {
    const created = await createApplication(ctx, { name, kind, ...(await fieldsOf(ctx, options)) })
    const { application, clientSecret } = created
    return { applicationId: application.id, clientId: application.id, clientSecret, ...urls.provider }
  })
  const human = () => [
    `Created the application ${name} (${made.applicationId})`,
    `  Issuer         ${made.issuer}`,
    `  Discovery      ${made.discoveryUrl}`,
    `  Client id      ${made.clientId}`,
    ...(made.clientSecret === null
      ? [kind === 'public' ? 'It has no secret: PKCE takes its place.' : 'It has no secret: its key takes its place.']
      : [`  Client secret  ${made.clientSecret}`, 'The secret is not shown again.']),
  ]
  print(runtime, options, { json: made, human })
}

async function updateOne(runtime: CliRuntime, options: UpdateOptions): Promise<void> {
  const { application: applicationId, name } = options
  const changed = await inOwner(runtime, options, async (ctx) =>
    updateApplication(ctx, { applicationId, name, ...(await fieldsOf(ctx, options)) }),
  )
  print(runtime, options, { json: changed, human: () => [`Changed the application ${changed.name} (${changed.id})`] })
}

async function claims(runtime: CliRuntime, options: ClaimsOptions): Promise<void> {
  const { organization, application: applicationId, user, scope } = options
  const found = await inOrganization(runtime, organization, (ctx) => previewClaims(ctx, { applicationId, user, scope }))
  print(runtime, options, { json: found, human: () => JSON.stringify(found.idToken, null, 2).split('\n') })
}

/** Where nothing is said, the verb knows what is usual. */
async function fieldsOf(ctx: CallContext, options: Fields): Promise<object> {
  const { redirectUri, postLogoutRedirectUri, backchannelLogoutUri, browserOrigin, idTokenAlgorithm } = options
  const { access, permission, brand, from, brandsClaim, jwks, jwksUri } = options
  const hasRights = [access, permission, brand, from].some((option) => option !== undefined)
  return {
    ...{ redirectUris: redirectUri, postLogoutRedirectUris: postLogoutRedirectUri, backchannelLogoutUri },
    ...{ browserOrigins: browserOrigin, idTokenAlgorithm, brandsClaim },
    ...{ isDeviceFlowAllowed: options.deviceFlow, isDpopRequired: options.dpop },
    ...(jwks === undefined ? {} : { jwks: jwks === 'none' ? null : parseJson(jwks) }),
    ...(jwksUri === undefined ? {} : { jwksUri: jwksUri === 'none' ? null : jwksUri }),
    ...listsOf(options),
    accessClaims: options.accessClaims,
    ...(options.withoutPkce === true ? { isPkceRequired: false } : {}),
    ...(hasRights ? { rights: await scopeOf(ctx, { ...options, access: access ?? usualAccess(permission) }) } : {}),
  }
}

/** What is given as a list of words; `none` empties it. */
function listsOf({ resource, serves, claim }: Fields): object {
  const listOf = <Item>(words: string[] | undefined, read: (word: string) => Item): Item[] | undefined =>
    words?.length === 1 && words[0] === 'none' ? [] : words?.map(read)
  return {
    resources: listOf(resource, (word) => {
      const [uri, format = 'jwt', seconds] = word.split(',')
      return { uri, format, ...(seconds === undefined ? {} : { lifetimeSeconds: Number(seconds) }) }
    }),
    servedResources: listOf(serves, (word) => word),
    claimMappings: listOf(claim, (word) => ({
      claim: word.split('=')[0],
      attribute: word.split('=').slice(1).join('='),
    })),
  }
}

const usualAccess = (permission: string[] | undefined): string =>
  permission === undefined ? 'decisions' : 'permissions'

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOwner(runtime, options, (ctx) => listApplications(ctx))
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    KIND: ({ kind }) => kind,
    STATUS: ({ status }) => status,
    'CLIENT ID': ({ id }) => id,
    'REDIRECT URIS': ({ redirectUris }) => redirectUris.join(' '),
  })
}
