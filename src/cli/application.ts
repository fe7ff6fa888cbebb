// `rolecall application …`
import { type Command, Option } from 'commander'
import { listApplications } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope & {
  name: string
  redirectUri: string[]
  postLogoutRedirectUri?: string[]
  backchannelLogoutUri?: string
  withoutPkce?: true
  idTokenAlgorithm?: string
  brandsClaim?: string
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function addApplicationCommands(program: Command, runtime: CliRuntime): void {
  const application = program.command('application').description('host products that sign people in through Rolecall')
  application
    .command('create')
    .description('register a host product; its client secret is shown this once')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--name <name>', 'name for people')
    .requiredOption('--redirect-uri <uri>', 'where codes may be sent; may be given several times', collect)
    .option('--post-logout-redirect-uri <uri>', 'where people may go after signing out; several times', collect)
    .option('--backchannel-logout-uri <uri>', 'where the end of a session is told')
    .option('--without-pkce', 'it knows no PKCE')
    .addOption(new Option('--id-token-algorithm <algorithm>', 'RS256 unless told').choices(['RS256', 'ES256']))
    .addOption(new Option('--brands-claim <form>', 'objects unless told, or slugs alone').choices(['objects', 'slugs']))
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  application
    .command('list')
    .description('list the applications')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { organization, name, redirectUri, postLogoutRedirectUri, backchannelLogoutUri } = options
  const wanted = applicationOptionsOf(options)
  const made = await inOrganization(runtime, organization, async (ctx, { urls }) => {
    const { application, clientSecret } = await createApplication(ctx, {
      ...{ name, redirectUris: redirectUri, postLogoutRedirectUris: postLogoutRedirectUri, backchannelLogoutUri },
      ...wanted,
    })
    return { applicationId: application.id, clientId: application.id, clientSecret, ...urls.provider }
  })
  const human = () => [
    `Created the application ${name} (${made.applicationId})`,
    `  Issuer         ${made.issuer}`,
    `  Discovery      ${made.discoveryUrl}`,
    `  Client id      ${made.clientId}`,
    `  Client secret  ${made.clientSecret}`,
    'The secret is not shown again.',
  ]
  print(runtime, options, { json: made, human })
}

/** Where nothing is said, the verb knows what is usual. */
const applicationOptionsOf = ({ withoutPkce, idTokenAlgorithm, brandsClaim }: CreateOptions): object => ({
  ...(withoutPkce === true ? { isPkceRequired: false } : {}),
  ...(idTokenAlgorithm === undefined ? {} : { idTokenAlgorithm }),
  ...(brandsClaim === undefined ? {} : { brandsClaim }),
})

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listApplications(ctx))
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    STATUS: ({ status }) => status,
    'CLIENT ID': ({ id }) => id,
    'REDIRECT URIS': ({ redirectUris }) => redirectUris.join(' '),
  })
}
