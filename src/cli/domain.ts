// `rolecall domain …`: e-mail domains of an organization.
import { type Command, Option } from 'commander'
import { addDomain, bindDomain, removeDomain, verifyDomain } from '#connections/domains/change-domains.ts'
import { type DomainRecord, listDomains, txtRecordOf } from '#connections/domains/domains.ts'
import { invalid } from '#platform/errors.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type Named = Scope & { domain?: string; name?: string }

export function addDomainCommands(program: Command, runtime: CliRuntime): void {
  const domain = program.command('domain').description('e-mail domains: they lead people to their provider')
  named(domain, 'add', 'claim a domain')
    .option('--verified', 'vouch for it yourself, in place of a DNS record')
    .action((domain: string | undefined, options: Named & { verified?: true }) =>
      add(runtime, { ...options, ...nameOf(domain, options) }),
    )
  named(domain, 'verify', 'look for the DNS record now').action((domain: string | undefined, options: Named) =>
    verify(runtime, { ...options, ...nameOf(domain, options) }),
  )
  named(domain, 'bind', 'say which connections may link and create people by addresses in it; none named: all of them')
    .option('--connection <id...>', 'the connections, by their ids')
    .action((domain: string | undefined, options: Named & { connection?: string[] }) =>
      bind(runtime, { ...options, ...nameOf(domain, options) }),
    )
  named(domain, 'remove', 'give a domain up').action((domain: string | undefined, options: Named) =>
    remove(runtime, { ...options, ...nameOf(domain, options) }),
  )
  domain
    .command('list')
    .description('list the domains')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
}

type Chosen = Scope & { domain: string }

function nameOf(argument: string | undefined, options: Named): { domain: string } {
  const domain = argument ?? options.domain ?? options.name
  if (domain === undefined) throw invalid('Say which domain, e.g. example.com', 'invalidValue')
  return { domain }
}

const named = (parent: Command, verb: string, description: string): Command =>
  parent
    .command(verb)
    .description(description)
    .argument('[domain]', 'e.g. example.com')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--domain <name>', 'in place of the argument')
    .addOption(new Option('--name <name>', 'the same').hideHelp())
    .option('--json', 'print one JSON line')

const present = (domain: DomainRecord) => {
  const { challenge: _, ...rest } = domain
  return { ...rest, txtRecord: txtRecordOf(domain) }
}

const told = (domain: DomainRecord) => (): string[] => {
  const { name, value } = txtRecordOf(domain)
  const todo =
    domain.status === 'verified' ? [] : ['Publish this TXT record, then run "domain verify":', `  ${name}  ${value}`]
  return [`${domain.name} is ${domain.status}`, ...todo]
}

async function add(runtime: CliRuntime, options: Chosen & { verified?: true }): Promise<void> {
  const input = { name: options.domain, isVerified: options.verified === true }
  const domain = await inOrganization(runtime, options.organization, (ctx) => addDomain(ctx, input))
  print(runtime, options, { json: present(domain), human: told(domain) })
}

async function verify(runtime: CliRuntime, options: Chosen): Promise<void> {
  const domain = await inOrganization(runtime, options.organization, (ctx) => verifyDomain(ctx, options.domain))
  print(runtime, options, { json: present(domain), human: told(domain) })
  if (domain.status !== 'verified') runtime.setExitCode(1)
}

async function bind(runtime: CliRuntime, options: Chosen & { connection?: string[] }): Promise<void> {
  const input = { domain: options.domain, connectionIds: options.connection ?? [] }
  const domain = await inOrganization(runtime, options.organization, (ctx) => bindDomain(ctx, input))
  const { name, connectionIds } = domain
  const human = () => [
    connectionIds.length === 0
      ? `Every connection may vouch for addresses at ${name}`
      : `Only these may vouch for addresses at ${name}: ${connectionIds.join(', ')}`,
  ]
  print(runtime, options, { json: present(domain), human })
}

async function remove(runtime: CliRuntime, options: Chosen): Promise<void> {
  await inOrganization(runtime, options.organization, (ctx) => removeDomain(ctx, options.domain))
  print(runtime, options, { json: { removed: options.domain }, human: () => [`${options.domain} is given up`] })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) =>
    (await listDomains(ctx)).map(present),
  )
  printList(runtime, options, items, {
    DOMAIN: ({ name }) => name,
    STATUS: ({ status }) => status,
    'VERIFIED BY': ({ verifiedBy }) => verifiedBy,
    CONNECTIONS: ({ connectionIds }) => (connectionIds.length === 0 ? 'all' : connectionIds.join(' ')),
    ID: ({ id }) => id,
  })
}
