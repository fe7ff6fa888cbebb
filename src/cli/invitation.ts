// `rolecall invitation …`
import { type Command, Option } from 'commander'
import { resolveBrand, resolveRole } from '#access/grants/managers/references.ts'
import { cancelInvitation, resendInvitation } from '#access/invitations/change-invitation.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { type InvitationRecord, type InvitationStatus, listInvitations } from '#access/invitations/invitations.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope & {
  email: string
  role: string
  brand?: string[]
  name?: string
  note?: string
  days?: string
  until?: string
  permission?: string[]
  reason?: string
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function addInvitationCommands(program: Command, runtime: CliRuntime): void {
  const invitation = program.command('invitation').description('people who are asked to join')
  invitation
    .command('create')
    .description('invite a person; the link goes to them by mail')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--email <address>', 'where the link goes')
    .requiredOption('--role <key>', 'key or id: what they will hold')
    .option('--brand <slug>', 'slug or id: in this brand rather than in the organization; may be repeated', collect)
    .option('--permission <name>', 'a single one on top of the role, until the end; may be repeated', collect)
    .option('--reason <text>', 'why they have it on top')
    .option('--until <time>', 'when what they get ends, e.g. 2030-01-01T00:00:00Z')
    .option('--name <name>', 'their name')
    .option('--note <text>', 'a few words of your own, for the mail')
    .option('--days <number>', 'how long the link is good')
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  invitation
    .command('list')
    .description('list the invitations')
    .requiredOption('--organization <slug>', 'slug or id')
    .addOption(new Option('--status <status>').choices(['pending', 'expired', 'accepted', 'cancelled', 'withdrawn']))
    .option('--json', 'print one JSON line')
    .action((options: Scope & { status?: InvitationStatus }) => list(runtime, options))
  for (const [verb, description] of [
    ['resend', 'send a new link; the old one is void'],
    ['cancel', 'take an invitation back'],
  ] as const)
    invitation
      .command(verb)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--invitation <id>', 'id of the invitation')
      .option('--json', 'print one JSON line')
      .action((options: Scope & { invitation: string }) => change(runtime, verb, options))
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { email, name, note, days } = options
  const made = await inOrganization(runtime, options.organization, async (ctx) => {
    const role = await resolveRole(ctx, options.role)
    const brands = await Promise.all((options.brand ?? []).map((brand) => resolveBrand(ctx, brand)))
    const place =
      brands.length === 0 ? { roleId: role.id } : { brands: brands.map(({ id }) => ({ brandId: id, roleId: role.id })) }
    const asked = {
      email,
      displayName: name ?? null,
      note: note ?? null,
      days: days === undefined ? null : Number(days),
      expiresAt: options.until ?? null,
      overrides: (options.permission ?? []).flatMap((permission) =>
        (brands.length === 0 ? [null] : brands.map(({ id }) => id)).map((brandId) => ({
          ...{ permission, brandId, reason: options.reason ?? '' },
        })),
      ),
    }
    return createInvitation(ctx, { ...asked, ...place })
  })
  print(runtime, options, { json: made, human: () => [said(made, 'is invited')] })
}

const said = ({ email, id, delivery }: InvitationRecord, what: string): string => {
  const where =
    delivery?.status === 'kept' ? `; the mail is kept in the outbox (rolecall mail show --mail ${delivery.mailId})` : ''
  return `${email} ${what} (${id})${where}`
}

async function list(runtime: CliRuntime, options: Scope & { status?: InvitationStatus }): Promise<void> {
  const filter = options.status === undefined ? {} : { status: options.status }
  const items = await inOrganization(runtime, options.organization, (ctx) => listInvitations(ctx, filter))
  printList(runtime, options, items, {
    'E-MAIL': ({ email }) => email,
    STATUS: ({ status }) => status,
    MAIL: ({ delivery }) => delivery?.status,
    ROLES: ({ roles }) =>
      roles.map(({ role, brand }) => (brand === null ? role.key : `${role.key}@${brand.slug}`)).join(' '),
    'INVITED BY': ({ invitedBy }) => invitedBy,
    CREATED: ({ createdAt }) => createdAt,
    EXPIRES: ({ expiresAt }) => expiresAt,
    ID: ({ id }) => id,
  })
}

async function change(
  runtime: CliRuntime,
  verb: 'resend' | 'cancel',
  options: Scope & { invitation: string },
): Promise<void> {
  const { organization, invitation } = options
  if (verb === 'resend') {
    const sent = await inOrganization(runtime, organization, (ctx) => resendInvitation(ctx, invitation))
    return print(runtime, options, { json: sent, human: () => [said(sent, 'gets a new link')] })
  }
  await inOrganization(runtime, organization, (ctx) => cancelInvitation(ctx, invitation))
  print(runtime, options, {
    json: { cancelled: invitation },
    human: () => [`The invitation ${invitation} is cancelled`],
  })
}
