// `rolecall audit verify` and `audit head`: whether the trail is what it was when it was sealed, and the proof to keep elsewhere.
import { type Command, InvalidArgumentError } from 'commander'
import { findOrganization, listOrganizations } from '#access/organizations/organizations.ts'
import type { Finding } from '#audit/seal/compare-segment.ts'
import { getAuditHead } from '#audit/seal/head.ts'
import { type Verdict, verifyEvents } from '#audit/seal/verify-events.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { alteredExitCode } from './errors.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, type CliServices, instanceContext, organizationContext } from './runtime.ts'

type SealOptions = OutputOptions & { organization?: string }
type VerifyOptions = SealOptions & { head?: string }

export function addAuditSealCommands(audit: Command, runtime: CliRuntime): void {
  audit
    .command('verify')
    .description('hold the audit trail against its seals: whatever was changed, removed, added or moved is named')
    .option('--organization <slug>', 'slug or id; without it all of them')
    .option('--head <hash>', 'one that was kept elsewhere; nothing up to it may have been rewritten', aHash)
    .option('--json', 'print one JSON line')
    .action((options: VerifyOptions) => verify(runtime, options))
  audit
    .command('head')
    .description('number and hash of the last sealed segment, to be kept elsewhere')
    .option('--organization <slug>', 'slug or id; without it all of them')
    .option('--json', 'print one JSON line')
    .action((options: SealOptions) => heads(runtime, options))
}

type Organization = { id: string; slug: string }

async function chosen(services: CliServices, { organization }: SealOptions): Promise<Organization[]> {
  const ctx = instanceContext(services)
  if (organization === undefined) return listOrganizations(ctx)
  const found = await findOrganization(ctx, organization)
  if (found === undefined) throw notFound(`Organization ${organization}`)
  return [found]
}

async function verify(runtime: CliRuntime, options: VerifyOptions): Promise<void> {
  if (options.head !== undefined && options.organization === undefined) {
    throw invalid('--head is of one organization: name it by --organization')
  }
  const verdicts = await runtime.withServices(async (services) => {
    const all: (Verdict & { organization: string })[] = []
    for (const { id, slug } of await chosen(services, options)) {
      all.push({
        organization: slug,
        ...(await verifyEvents(organizationContext(services, id), { head: options.head })),
      })
    }
    return all
  })
  print(runtime, options, { json: { items: verdicts }, human: () => verdicts.flatMap(linesOf) })
  if (verdicts.some(({ findings }) => findings.length > 0)) runtime.setExitCode(alteredExitCode)
}

function linesOf({ organization, segments, events, unsealed, findings, hasMore }: Verdict & { organization: string }) {
  const waiting =
    unsealed.events === 0
      ? ''
      : `; ${unsealed.events} not sealed yet, since ${new Date(unsealed.since ?? 0).toISOString()}`
  const verdict = findings.length === 0 ? 'unaltered' : 'ALTERED'
  return [
    `${organization}: ${verdict}. ${events} events in ${segments} segments${waiting}`,
    ...findings.map((finding) => `  ${sentenceOf(finding)}`),
    ...(hasMore ? ['  and more'] : []),
  ]
}

function sentenceOf({ kind, segment, eventId }: Finding): string {
  const sentences: Record<Finding['kind'], string> = {
    event_changed: `segment ${segment}: event ${eventId} was changed`,
    event_missing: `segment ${segment}: event ${eventId} is missing`,
    event_added: `segment ${segment}: event ${eventId} was added after the segment was sealed`,
    event_moved: `segment ${segment}: event ${eventId} is not in its place`,
    segment_altered: `segment ${segment}: its record was altered`,
    segment_missing: `segment ${segment} is missing`,
    segment_detached: `segment ${segment} does not follow from the one before`,
    head_unknown: 'no segment has the hash that was given: what led to it was rewritten or cut off',
  }
  return sentences[kind]
}

async function heads(runtime: CliRuntime, options: SealOptions): Promise<void> {
  const items = await runtime.withServices(async (services) => {
    const all: { organization: string; sequence: number; hash: string; sealedAt: string; lastEventId: string }[] = []
    for (const { id, slug } of await chosen(services, options)) {
      const head = await getAuditHead(organizationContext(services, id))
      if (head !== undefined) all.push({ organization: slug, ...head })
    }
    return all
  })
  printList(runtime, options, items, {
    ORGANIZATION: ({ organization }) => organization,
    SEGMENT: ({ sequence }) => sequence,
    HASH: ({ hash }) => hash,
    'SEALED AT': ({ sealedAt }) => sealedAt,
    'LAST EVENT': ({ lastEventId }) => lastEventId,
  })
}

function aHash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('It must be the 64 characters that `audit head` prints.')
}
